import { parseArgs } from 'node:util';
import { UsageError, verifyFile } from './platform/proof/index.js';
import { entryProofCheck, ledgerHeadCheck, recordProofCheck } from './integrity/index.js';
import { statementCheck } from './settlement/index.js';

/** Every kind of file that `peerledger verify` knows. */
const FILE_CHECKS = [statementCheck, ledgerHeadCheck, entryProofCheck, recordProofCheck];

const USAGE = `Usage: peerledger verify <file> [--signatures <file>] [--keys <file>]

Checks a file that the service issued, without any server, by its own content:
  a statement     /v1/statements/{statement}.json, against its hash and the signatures in --signatures,
                  the answer of /v1/statements/{statement}/signatures
  a ledger head   /v1/agreements/{agreement}/ledger-heads/{number}
  an entry        /v1/ledger/entries/{entry}/proof: that the books sealed by its head have it
  a record        /v1/agreements/{agreement}/batches/{batch}/proof?record={id}: that its batch stored it

--keys is a JWK Set of the keys you trust, such as /.well-known/peerledger-keys.json as you kept it. Without
it heads and proofs are held against the key in the file itself, which anybody can make: compare it.
The exit code is 0 when everything holds, 1 when something does not, 2 when the file is none of these.
`;

/** Runs the command and gives its exit code. */
async function runCommand(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      keys: { type: 'string' },
      signatures: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [command, path, ...more] = positionals;
  if (command !== 'verify' || path === undefined || more.length > 0) throw new UsageError(USAGE.trimEnd());
  const options = { keysPath: values.keys, signaturesPath: values.signatures };
  const { kind, findings } = await verifyFile(path, FILE_CHECKS, options);
  process.stdout.write(`${path} is ${kind}.\n`);
  for (const { check, ok, detail } of findings) {
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${check}: ${detail}\n`);
  }
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

try {
  process.exitCode = await runCommand(process.argv.slice(2));
} catch (error) {
  const isMistake =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  if (!isMistake) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
