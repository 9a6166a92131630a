import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';
import { AgreementsService } from './agreements/index.js';
import {
  IntegrityService,
  ledgerHeadCheck,
  type IntegrityReport,
  type IntegrityScope,
  type SignedSeal,
} from './integrity/index.js';
import { OPERATOR } from './platform/database/index.js';
import { UsageError, verifyFile } from './platform/proof/index.js';
import { withRoomsOffline } from './rooms-offline.js';
import { explanationOf } from './start-failure.js';

const USAGE = `Usage: npm run ledger:verify -- [--agreement CODE]... [--heads FILE]... [--keys FILE]

Checks every agreement's books, statements with their files, disputes and ledger heads, and every chain of the
audit log, from their stored bytes, and names the first thing that is wrong. With --agreement it checks those
agreements alone. --heads are ledger heads that somebody has kept, each the answer of
GET /v1/agreements/{agreement}/ledger-heads/{number}; the books have to be what they were at each. --keys is a
JWK Set of the keys that may have signed them. It reads DATABASE_URL, or starts the embedded server; while the
service runs on that one, ask GET /v1/ledger/integrity instead.
The exit code is 0 when everything holds, 1 when something does not, 2 when it could not be checked.
`;

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Runs the command and gives its exit code. */
async function runCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      agreement: { type: 'string', multiple: true, default: [] },
      heads: { type: 'string', multiple: true, default: [] },
      keys: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    say(USAGE.trimEnd());
    return 0;
  }
  const kept: SignedSeal[] = [];
  for (const path of values.heads) {
    const { findings } = await verifyFile(path, [ledgerHeadCheck], { keysPath: values.keys });
    const failed = findings.find(({ ok }) => !ok);
    if (failed) throw new UsageError(`${path} proves nothing: ${failed.detail}`);
    const seal = JSON.parse(await readFile(path, 'utf8')) as SignedSeal;
    const { agreement } = seal.head;
    if (values.agreement.length > 0 && !values.agreement.includes(agreement))
      throw new UsageError(`${path} is of the agreement ${agreement}, which --agreement leaves out.`);
    kept.push(seal);
  }
  return show(await verify(values.agreement, kept), kept.length);
}

async function verify(codes: readonly string[], kept: readonly SignedSeal[]): Promise<IntegrityReport> {
  return withRoomsOffline('peerledger ledger:verify', (app, database) =>
    database.actFor(OPERATOR, () => verifyWith(app, codes, kept)),
  );
}

async function verifyWith(
  app: INestApplicationContext,
  codes: readonly string[],
  kept: readonly SignedSeal[],
): Promise<IntegrityReport> {
  const agreements = app.get(AgreementsService, { strict: false });
  const ids: string[] = [];
  for (const code of codes) {
    const id = await agreements.idOf(code);
    if (id === null) throw new UsageError(`There is no agreement ${code}.`);
    ids.push(id);
  }
  const heads = kept.map(({ head }) => head);
  const scope: IntegrityScope =
    codes.length > 0 ? { agreements: ids, auditChains: 'none' } : { agreements: null, auditChains: 'all' };
  return app.get(IntegrityService, { strict: false }).verify(scope, heads);
}

function show({ counts, firstProblem }: IntegrityReport, keptHeads: number): number {
  const {
    agreements,
    transactions,
    entries,
    statements,
    disputeSteps,
    renderings,
    ledgerHeads,
    auditEvents,
  } = counts;
  say(
    `Checked ${agreements} agreements: ${transactions} transactions with ${entries} entries, ` +
      `${statements} statements, ${disputeSteps} steps of disputes, ${renderings} renderings, ${ledgerHeads} ledger heads, ${auditEvents} events of the audit log.`,
  );
  if (!firstProblem) {
    if (keptHeads > 0) say(`The books are what they were at each of ${keptHeads} kept ledger heads.`);
    say('Everything holds.');
    return 0;
  }
  const { check, agreement, book, sequence, what } = firstProblem;
  const where =
    check === 'audit_log'
      ? [`chain of ${book ?? 'the operator'}`, `event ${sequence}`]
      : [`agreement ${agreement}`, book && `book of ${book}`, sequence && `transaction ${sequence}`];
  say(`WRONG (${check}), ${where.filter(Boolean).join(', ')}: ${what}.`);
  return 1;
}

try {
  process.exitCode = await runCommand(process.argv.slice(2));
} catch (error) {
  const isMistake =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${isMistake ? (error as Error).message : explanationOf(error)}\n`);
  process.exitCode = 2;
}
