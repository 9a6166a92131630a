import { isAbsolute, relative } from 'node:path';
import type { Outcome } from './settle.js';
import type { Peering } from './peering.js';

/** What can be downloaded, by whom. */
interface Download {
  cloud: string;
  path: string;
  file: string;
}

/** Commands that download what the demo printed, each to be pasted into a shell as it is. */
export function curlCommands(
  url: string,
  headerFile: (cloud: string) => string,
  peering: Peering,
  outcome: Outcome,
): string[] {
  return downloads(peering, outcome).flatMap(({ cloud, path, file }) => [
    `  curl -fsS -H @${quoted(fromHere(headerFile(cloud)))} -o ${file} \\`,
    `       ${url}${path}`,
  ]);
}

/** The folder in which the commands work, because the files of keys are named from there. */
export function changeFolder(): string {
  return `  cd ${quoted(process.cwd())}`;
}

function downloads({ agreement, period }: Peering, { clouds, statement }: Outcome): Download[] {
  const [a, b] = [clouds.A.cloud, clouds.B.cloud];
  const statementPath = `/v1/statements/${statement.id}`;
  const each = (path: string, file: (cloud: string) => string): Download[] =>
    [a, b].map((cloud) => ({ cloud, path, file: file(cloud) }));
  return [
    {
      cloud: a,
      path: `/v1/agreements/${agreement.code}/periods/${period}/reconciliation`,
      file: `${agreement.code}-${period}-reconciliation.json`,
    },
    { cloud: a, path: `${statementPath}.json`, file: `${statement.number}.json` },
    { cloud: a, path: `${statementPath}.csv`, file: `${statement.number}.csv` },
    ...each(`${statementPath}/credits.csv`, (cloud) => `${statement.number}-credits-${cloud}.csv`),
    ...each('/v1/balances', (cloud) => `balances-${cloud}.json`),
  ];
}

function fromHere(path: string): string {
  const from = relative(process.cwd(), path);
  return from === '' || from.startsWith('..') || isAbsolute(from) ? path : from;
}

/** Quoted for a POSIX shell where that is needed. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
