import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CloseOptions } from './close-options.js';
import { atMost, circumstances, publish, thousands, type Report } from './ingest-report.js';
import { CUSTOMERS } from './records.js';
import type { ServerSettings } from './yardstick.js';

/** What was measured of one month; seconds are medians of the rounds. */
export interface ClosedMonth {
  records: number;
  /** Groups of the yardstick: each bucket has one for each side. */
  groups: number;
  buckets: number;
  groupBy_s: number;
  close_s: number;
  /** null unless the statement was recomputed from its records. */
  verify_s: number | null;
}

export interface CloseReport extends Report {
  months: ClosedMonth[];
}

export function closeReport(
  options: CloseOptions,
  months: readonly ClosedMonth[],
  settings: ServerSettings,
): CloseReport {
  const [smallest, largest] = [months[0]!, months.at(-1)!];
  const service = fileURLToPath(new URL('../src/main.js', import.meta.url));
  const growth = largest.close_s / smallest.close_s;
  return {
    document: {
      ...circumstances({ service }, settings),
      load: { bucket: options.bucket, rounds: options.rounds, seed: options.seed, customers: CUSTOMERS },
      months,
    },
    lines: months.flatMap(({ records, buckets, groupBy_s, close_s, verify_s }): [string, string][] => {
      const name = `${thousands(records)} records, ${thousands(buckets)} buckets`;
      return [
        [`GROUP BY of ${name}`, seconds(groupBy_s)],
        [`closing ${name}`, seconds(close_s)],
        ...(verify_s === null ? [] : ([[`verifying ${name}`, seconds(verify_s)]] as [string, string][])),
      ];
    }),
    targets: [
      atMost(
        `close / GROUP BY, ${thousands(largest.records)} records`,
        largest.close_s / largest.groupBy_s,
        0.1,
      ),
      ...(largest === smallest
        ? []
        : [
            atMost(
              `close of ${thousands(largest.records)} / of ${thousands(smallest.records)} records, ` +
                `which have ${(largest.buckets / smallest.buckets).toFixed(2)} x the buckets`,
              growth,
              3,
            ),
          ]),
    ],
    months: [...months],
  };
}

/** Prints the report and writes it, as JSON and as a table. */
export function publishClose(report: CloseReport, out: CloseOptions['out']): void {
  publish(report, out?.json ?? null);
  if (!out) return;
  mkdirSync(dirname(out.table), { recursive: true });
  writeFileSync(out.table, tableOf(report));
}

function tableOf({ document, months, targets }: CloseReport): string {
  const { date, machine, versions } = document as {
    date: string;
    machine: { cores: number; cpu: string };
    versions: { commit: string; postgresql: string };
  };
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const head = ['records', 'buckets', 'GROUP BY, s', 'close, s', 'ratio'];
  return [
    '# Closing a month',
    '',
    `Made by \`npm run bench:close\` at ${date} (commit ${versions.commit}, PostgreSQL ${versions.postgresql}, ` +
      `${machine.cores} cores, ${machine.cpu}). What is measured: [bench/README.md](../../bench/README.md).`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...months.map(({ records, buckets, groupBy_s, close_s }) =>
      line([
        thousands(records),
        thousands(buckets),
        groupBy_s.toFixed(2),
        close_s.toFixed(2),
        (close_s / groupBy_s).toFixed(3),
      ]),
    ),
    '',
    ...targets.map(
      ({ name, value, limit, met }) => `- ${name}: ${value.toFixed(3)} (${limit}, ${met ? 'met' : 'missed'})`,
    ),
    '',
  ].join('\n');
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}
