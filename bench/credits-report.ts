import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CreditsOptions } from './credits-options.js';
import { atMost, circumstances, publish, thousands, type Report } from './ingest-report.js';
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
  publish(report, out?.json ?? null);
  if (!out) return;
  mkdirSync(dirname(out.table), { recursive: true });
  writeFileSync(out.table, tableOf(report));
}

function tableOf({ document, exports, targets }: CreditsReport): string {
  const { date, machine, versions } = document as {
    date: string;
    machine: { cores: number; cpu: string };
    versions: { commit: string; node: string; postgresql: string };
  };
  const cells = exports.map(({ credits, format, bytes, seconds, cpuSeconds, peakMib }) => [
    thousands(credits),
    format,
    mib(bytes),
    String(seconds),
    String(cpuSeconds),
    String(peakMib),
  ]);
  const head = ['credits', 'as', 'MiB sent', 's', 's CPU of the service', 'MiB resident at most'];
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [
    '# Exports of credits',
    '',
    `Made by \`npm run bench:credits\` at ${date} (commit ${versions.commit}, Node.js ${versions.node}, ` +
      `PostgreSQL ${versions.postgresql}, ${machine.cores} cores, ${machine.cpu}). What is measured: ` +
      '[bench/README.md](../../bench/README.md).',
    '',
    line(head),
    line(head.map(() => '---')),
    ...cells.map(line),
    '',
    ...targets.map(
      ({ name, value, limit, met }) => `- ${name}: ${value.toFixed(2)} (${limit}, ${met ? 'met' : 'missed'})`,
    ),
    '',
  ].join('\n');
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
