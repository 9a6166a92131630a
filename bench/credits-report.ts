import type { CreditsOptions } from './credits-options.js';
import { atMost, circumstances, thousands, type Report } from './ingest-report.js';
import { publishWithTable } from './report-table.js';
import type { ServerSettings } from './yardstick.js';

/** One export, from the request to the last byte. */
export interface Export {
  credits: number;
  format: string;
  bytes: number;
  seconds: number;
  /** Of the service's process. */
  cpuSeconds: number;
  /** The most that was resident in the service's process meanwhile. */
  peakMib: number;
}

export interface CreditsReport extends Report {
  exports: readonly Export[];
}

const PEAK_MAX_MIB = 300;
/** Memory is constant if five times the credits take hardly more. */
const GROWTH_MAX = 1.1;

export function creditsReport(
  service: string,
  exports: readonly Export[],
  settings: ServerSettings,
): CreditsReport {
  const largest = exports.reduce((most, { credits }) => Math.max(most, credits), 0);
  const smallest = exports.reduce((least, { credits }) => Math.min(least, credits), largest);
  const of = (credits: number): Export[] => exports.filter((each) => each.credits === credits);
  const peaks = of(largest).map(({ format, peakMib }) =>
    atMost(`MiB resident, ${thousands(largest)} as ${format}`, peakMib, PEAK_MAX_MIB),
  );
  const growth = of(largest).map(({ format, peakMib }) => {
    const less = of(smallest).find((each) => each.format === format)!.peakMib;
    const name = `peak of ${thousands(largest)} / of ${thousands(smallest)} as ${format}`;
    return atMost(name, peakMib / less, GROWTH_MAX);
  });
  const rounded = exports.map((each) => ({
    ...each,
    seconds: Math.round(each.seconds * 10) / 10,
    cpuSeconds: Math.round(each.cpuSeconds * 10) / 10,
  }));
  return {
    document: { ...circumstances({ service }, settings), exports: rounded },
    lines: rounded.map((each) => [
      `${thousands(each.credits)} as ${each.format}`,
      `${mib(each.bytes)} MiB in ${each.seconds} s (${each.cpuSeconds} s CPU), ${each.peakMib} MiB resident`,
    ]),
    targets: largest === smallest ? peaks : [...peaks, ...growth],
    exports: rounded,
  };
}

/** Prints the report and writes it, as JSON and as a table. */
export function publishCredits(report: CreditsReport, out: CreditsOptions['out']): void {
  const cells = report.exports.map(({ credits, format, bytes, seconds, cpuSeconds, peakMib }) => [
    thousands(credits),
    format,
    mib(bytes),
    String(seconds),
    String(cpuSeconds),
    String(peakMib),
  ]);
  const head = ['credits', 'as', 'MiB sent', 's', 's CPU of the service', 'MiB resident at most'];
  publishWithTable(
    report,
    { title: 'Exports of credits', command: 'bench:credits', head, cells, decimals: 2 },
    out,
  );
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
