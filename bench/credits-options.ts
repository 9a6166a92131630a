import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What a list of credits is exported as: the ends of the downloads' names. */
export const EXPORTS = ['csv', 'focus.csv', 'xlsx'] as const;

/** How the benchmark of credits was asked to run. */
export interface CreditsOptions {
  /** Numbers of credits, ascending. */
  credits: number[];
  /** Files for the figures, or null for none. */
  out: { json: string; table: string } | null;
  /** Whether a missed target fails the run. */
  check: boolean;
}

/** The sizes that the targets are stated for. Others are trials, and overwrite no committed figures. */
const FULL_SIZES = [200_000, 1_000_000];

const HELP = `npm run bench:credits -- [options]
  --credits N     this many credits alone (${FULL_SIZES.join(' and then ')})
  --out FOLDER    where credits.json and credits.md go (docs/bench, of a full run)
  --check         exit with 1 when a target is missed`;

export function readCreditsOptions(args: string[]): CreditsOptions {
  const { values } = parseArgs({
    args,
    options: {
      credits: { type: 'string' },
      out: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  if (values.credits !== undefined && !/^[1-9]\d{0,6}$/.test(values.credits)) {
    console.error(`--credits must be a whole number from 1 to 9999999, but is ${values.credits}.\n\n${HELP}`);
    process.exit(2);
  }
  const committed = fileURLToPath(new URL('../../docs/bench', import.meta.url));
  const isFull = values.credits === undefined;
  const folder = values.out ? resolve(values.out) : isFull ? committed : null;
  return {
    credits: isFull ? FULL_SIZES : [Number(values.credits)],
    out: folder === null ? null : { json: `${folder}/credits.json`, table: `${folder}/credits.md` },
    check: values.check,
  };
}
