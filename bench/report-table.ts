import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { publish, type Report } from './ingest-report.js';

/** What a benchmark measured, as a table for people. */
export interface ReportTable {
  title: string;
  /** The command that made it, without `npm run`. */
  command: string;
  head: readonly string[];
  cells: readonly (readonly string[])[];
  /** Of the targets' values. */
  decimals: number;
}

/** Prints a report and writes it, as JSON and as a table. */
export function publishWithTable(
  report: Report,
  table: ReportTable,
  out: { json: string; table: string } | null,
): void {
  publish(report, out?.json ?? null);
  if (!out) return;
  mkdirSync(dirname(out.table), { recursive: true });
  writeFileSync(out.table, textOf(report, table));
}

function textOf(
  { document, targets }: Report,
  { title, command, head, cells, decimals }: ReportTable,
): string {
  const { date, machine, versions } = document as {
    date: string;
    machine: { cores: number; cpu: string };
    versions: { commit: string; node: string; postgresql: string };
  };
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [
    `# ${title}`,
    '',
    `Made by \`npm run ${command}\` at ${date} (commit ${versions.commit}, Node.js ${versions.node}, ` +
      `PostgreSQL ${versions.postgresql}, ${machine.cores} cores, ${machine.cpu}). What is measured: ` +
      '[bench/README.md](../../bench/README.md).',
    '',
    line(head),
    line(head.map(() => '---')),
    ...cells.map(line),
    '',
    ...targets.map(
      ({ name, value, limit, met }) =>
        `- ${name}: ${value.toFixed(decimals)} (${limit}, ${met ? 'met' : 'missed'})`,
    ),
    '',
  ].join('\n');
}
