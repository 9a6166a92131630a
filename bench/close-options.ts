import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** How the benchmark of closing a month was asked to run. */
export interface CloseOptions {
  /** Records of each month that is closed, ascending. */
  sizes: number[];
  bucket: 'hour' | '5min';
  rounds: number;
  seed: number;
  /** Whether each statement is also recomputed from its records. */
  verify: boolean;
  /** Files for the figures, or null for none. */
  out: { json: string; table: string } | null;
  /** Whether a missed target fails the run. */
  check: boolean;
}

const FULL_SIZES = [100_000, 1_000_000, 10_000_000];

const HELP = `npm run bench:close -- [options]
  --records N        records of the month, again for each size (${FULL_SIZES.join(', ')})
  --bucket SIZE      hour or 5min (hour)
  --rounds N         how often each step is repeated; the median counts (3)
  --seed N           of the records (1)
  --verify           also recompute each statement from its records
  --out FOLDER       where close.json and close.md go (docs/bench, of a full run with hourly buckets)
  --check            exit with 1 when a target is missed`;

export function readCloseOptions(args: string[]): CloseOptions {
  const { values } = parseArgs({
    args,
    options: {
      records: { type: 'string', multiple: true, default: FULL_SIZES.map(String) },
      bucket: { type: 'string', default: 'hour' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      verify: { type: 'boolean', default: false },
      out: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  if (values.bucket !== 'hour' && values.bucket !== '5min') refuse('--bucket must be hour or 5min.');
  const sizes = values.records.map((text) => wholeNumber('records', text, 1_000, 100_000_000));
  sizes.sort((a, b) => a - b);
  const isFull = values.bucket === 'hour' && FULL_SIZES.every((size) => sizes.includes(size));
  const committed = fileURLToPath(new URL('../../docs/bench', import.meta.url));
  const folder = values.out ? resolve(values.out) : isFull ? committed : null;
  return {
    sizes,
    bucket: values.bucket,
    rounds: wholeNumber('rounds', values.rounds, 1, 20),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 31 - 1),
    verify: values.verify,
    out: folder === null ? null : { json: `${folder}/close.json`, table: `${folder}/close.md` },
    check: values.check,
  };
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  refuse(`--${name} must be a whole number from ${min} to ${max}, but is ${text}.`);
}

function refuse(what: string): never {
  console.error(`${what}\n\n${HELP}`);
  process.exit(2);
}
