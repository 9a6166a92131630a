import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

/** How the benchmark was asked to run. */
export interface Options {
  records: number;
  rounds: number;
  seed: number;
  /** Fewer, since the hand-written service is slow. */
  handWrittenRecords: number;
  /** The compiled `main.js` of the service to measure. */
  service: string;
  growth: boolean;
  /** Where the figures go as JSON; null for nowhere. */
  out: string | null;
  /** Whether a missed target fails the run. */
  check: boolean;
}

/** The size that the targets are stated for. Smaller runs are trials, and overwrite no committed figures. */
export const FULL_RECORDS = 500_000;

const HELP = `npm run bench:ingest -- [options]
  --records N              records of a load (${FULL_RECORDS})
  --rounds N               how often each step is repeated; the median counts (3)
  --seed N                 of the records (1)
  --hand-written-records N records sent to the hand-written service (50000)
  --service FILE           main.js of another build of the service (dist/src/main.js)
  --growth                 0.1, 1 and 10 million records instead
  --out FILE               figures as JSON (docs/bench/ingest.json, or ingest-growth.json, of a full run)
  --check                  exit with 1 when a target is missed`;

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      records: { type: 'string', default: String(FULL_RECORDS) },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      'hand-written-records': { type: 'string' },
      service: { type: 'string', default: fileURLToPath(new URL('../src/main.js', import.meta.url)) },
      growth: { type: 'boolean', default: false },
      out: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const records = wholeNumber('records', values.records, 1_000, 10_000_000);
  const isFull = values.growth || records >= FULL_RECORDS;
  const name = values.growth ? 'ingest-growth.json' : 'ingest.json';
  return {
    records,
    rounds: wholeNumber('rounds', values.rounds, 1, 20),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 31),
    handWrittenRecords: wholeNumber(
      'hand-written-records',
      values['hand-written-records'] ?? String(Math.min(50_000, records)),
      1_000,
      records,
    ),
    service: resolve(values.service),
    growth: values.growth,
    out: values.out
      ? resolve(values.out)
      : isFull
        ? fileURLToPath(new URL(`../../docs/bench/${name}`, import.meta.url))
        : null,
    check: values.check,
  };
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  console.error(`--${name} must be a whole number from ${min} to ${max}, but is ${text}.\n\n${HELP}`);
  process.exit(2);
}
