import { parseArgs } from 'node:util';
import { UsageError, verifyFile } from './platform/proof/index.js';
import { entryProofCheck, ledgerHeadCheck, recordProofCheck } from './integrity/index.js';
import { statementCheck } from './settlement/index.js';

/** Every kind of file that `peerledger verify` knows. */
const FILE_CHECKS = [statementCheck, ledgerHeadCheck, entryProofCheck, recordProofCheck];

const USAGE = `Usage: peerledger verify <file> [--signatures <file>] [--keys <file>]

Checks a file that the service issued, without any server: a statement.json against its hash and,
with the answer of GET .../signatures and a JWK Set of the keys you trust, against its signatures.
The exit code is 0 when everything holds, 1 when something does not, 2 when the call is wrong.
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
