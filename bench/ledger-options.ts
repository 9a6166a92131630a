import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** How the benchmark of the ledger was asked to run. */
export interface LedgerOptions {
  seconds: number;
  rounds: number;
  connections: number;
  /** pgledger's SQL files on this machine, in order; none measures the ledger alone. */
  pgledger: string[];
  /** Files for the figures, or null for none. */
  out: { json: string; table: string } | null;
  /** Whether a missed target fails the run. */
  check: boolean;
}

/** Shorter runs are trials, and overwrite no committed figures. */
const FULL_SECONDS = 5;

const HELP = `npm run bench:ledger -- [options]
  --pgledger FILE    an SQL file of https://github.com/pgr0ss/pgledger, to measure beside it; again for each:
                     first those of vendor/ that it needs, then pgledger.sql
  --seconds N        how long each case runs (${FULL_SECONDS})
  --rounds N         how often each case is repeated; the median counts (3)
  --connections N    how many "many connections" are (4)
  --out FOLDER       where ledger.json and ledger.md go (docs/bench, of a full run with pgledger)
  --check            exit with 1 when a target is missed`;

export function readLedgerOptions(args: string[]): LedgerOptions {
  const { values } = parseArgs({
    args,
    options: {
      pgledger: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string', default: String(FULL_SECONDS) },
      rounds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '4' },
      out: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const seconds = wholeNumber('seconds', values.seconds, 1, 600);
  const isFull = seconds >= FULL_SECONDS && values.pgledger.length > 0;
  const committed = fileURLToPath(new URL('../../docs/bench', import.meta.url));
  const folder = values.out ? resolve(values.out) : isFull ? committed : null;
  return {
    seconds,
    rounds: wholeNumber('rounds', values.rounds, 1, 20),
    connections: wholeNumber('connections', values.connections, 2, 64),
    pgledger: values.pgledger.map((file) => resolve(file)),
    out: folder === null ? null : { json: `${folder}/ledger.json`, table: `${folder}/ledger.md` },
    check: values.check,
  };
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  console.error(`--${name} must be a whole number from ${min} to ${max}, but is ${text}.\n\n${HELP}`);
  process.exit(2);
}
