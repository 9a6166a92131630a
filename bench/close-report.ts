import { fileURLToPath } from 'node:url';
import type { CloseOptions } from './close-options.js';
import { atMost, circumstances, thousands, type Report } from './ingest-report.js';
import { publishWithTable } from './report-table.js';
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
  const cells = report.months.map(({ records, buckets, groupBy_s, close_s }) => [
    thousands(records),
    thousands(buckets),
    groupBy_s.toFixed(2),
    close_s.toFixed(2),
    (close_s / groupBy_s).toFixed(3),
  ]);
  const head = ['records', 'buckets', 'GROUP BY, s', 'close, s', 'ratio'];
  publishWithTable(
    report,
    { title: 'Closing a month', command: 'bench:close', head, cells, decimals: 3 },
    out,
  );
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}
