import { fileURLToPath } from 'node:url';
import { atLeast, circumstances, thousands, type Report } from './ingest-report.js';
import { publishWithTable } from './report-table.js';
import type { LedgerOptions } from './ledger-options.js';
import { SPREAD_ACCOUNTS, type Books } from './ledger-books.js';
import { median } from './timing.js';
import type { ServerSettings } from './yardstick.js';

/** What is posted, over how many connections, among which accounts. */
export interface Case {
  /** A transaction. */
  transfers: number;
  connections: number;
  accounts: 'hot' | 'spread';
}

/** The same speed, measured twice, is told apart by some hundredths. */
const NO_SLOWER = 0.95;

export interface Measured extends Case {
  books: Books['name'];
  round: number;
  transfersPerSecond: number;
}

interface Row extends Case {
  peerledger: number;
  pgledger: number | null;
}

export interface LedgerReport extends Report {
  rows: Row[];
}

export function ledgerReport(
  options: LedgerOptions,
  measured: readonly Measured[],
  settings: ServerSettings,
): LedgerReport {
  const rows = rowsOf(measured);
  const service = fileURLToPath(new URL('../src/main.js', import.meta.url));
  const bulk = rows.filter(({ transfers }) => transfers === 100);
  const ratios = bulk.flatMap(({ pgledger, ...row }) =>
    pgledger === null
      ? []
      : [atLeast(`peerledger / pgledger, ${titleOf(row)}`, row.peerledger / pgledger, 5)],
  );
  const hot = [...new Set(bulk.map(({ connections }) => connections))].map((connections) => {
    const title = `hot / spread accounts, 100 a transaction, ${connectionsOf(connections)}`;
    return {
      title,
      ours: hotToSpread(bulk, connections, 'peerledger'),
      theirs: hotToSpread(bulk, connections, 'pgledger'),
    };
  });
  return {
    document: {
      ...circumstances({ service }, settings),
      load: { seconds: options.seconds, rounds: options.rounds, spreadAccounts: SPREAD_ACCOUNTS },
      transfersPerSecond: rows,
    },
    lines: [
      ...rows.map((row): [string, string] => [titleOf(row), figuresOf(row)]),
      ...hot.flatMap(({ title, theirs }): [string, string][] =>
        theirs === null ? [] : [[`pgledger, ${title}`, theirs.toFixed(2)]],
      ),
    ],
    targets: [...ratios, ...hot.map(({ title, ours }) => atLeast(title, ours!, NO_SLOWER))],
    rows,
  };
}

/** How much faster hot accounts are than spread ones; null where these books were not measured. */
function hotToSpread(bulk: readonly Row[], connections: number, name: Books['name']): number | null {
  const [hot, spread] = (['hot', 'spread'] as const).map(
    (accounts) => bulk.find((row) => row.connections === connections && row.accounts === accounts)![name],
  );
  return hot == null || spread == null ? null : hot / spread;
}

/** Prints the report and writes it, as JSON and as a table. */
export function publishLedger(report: LedgerReport, out: LedgerOptions['out']): void {
  const cells = report.rows.map(({ transfers, connections, accounts, peerledger, pgledger }) => [
    String(transfers),
    String(connections),
    accounts,
    thousands(peerledger),
    pgledger === null ? '' : thousands(pgledger),
    pgledger === null ? '' : (peerledger / pgledger).toFixed(1),
  ]);
  const head = ['transfers a transaction', 'connections', 'accounts', 'peerledger', 'pgledger', 'ratio'];
  publishWithTable(
    report,
    { title: 'Transfers a second', command: 'bench:ledger', head, cells, decimals: 2 },
    out,
  );
}

function rowsOf(measured: readonly Measured[]): Row[] {
  const titles = [...new Set(measured.map(titleOf))];
  return titles.map((title) => {
    const group = measured.filter((each) => titleOf(each) === title);
    const { transfers, connections, accounts } = group[0]!;
    const speedOf = (name: Books['name']): number | null => {
      const speeds = group.filter(({ books }) => books === name).map((each) => each.transfersPerSecond);
      return speeds.length === 0 ? null : Math.round(median(speeds));
    };
    return {
      transfers,
      connections,
      accounts,
      peerledger: speedOf('peerledger')!,
      pgledger: speedOf('pgledger'),
    };
  });
}

function titleOf({ transfers, connections, accounts }: Case): string {
  return `${transfers} a transaction, ${connectionsOf(connections)}, ${accounts}`;
}

function connectionsOf(count: number): string {
  return `${count} connection${count === 1 ? '' : 's'}`;
}

function figuresOf({ peerledger, pgledger }: Row): string {
  const beside = pgledger === null ? '' : `, pgledger ${thousands(pgledger)}`;
  return `${thousands(peerledger)}/s${beside}`;
}
