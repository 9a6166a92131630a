import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { GrowthResults } from './ingest-growth.js';
import type { IngestResults, StepName } from './ingest-steps.js';
import { FULL_RECORDS, type Options } from './options.js';
import { CUSTOMERS, DESTINATION_REGIONS, SOURCE_REGIONS } from './records.js';
import { median } from './timing.js';
import type { ServerSettings } from './yardstick.js';

/** A figure held to a limit; `atLeast` or else `atMost`. */
export interface Target {
  name: string;
  value: number;
  limit: string;
  met: boolean;
}

/** What a run says, on the terminal and as JSON. */
export interface Report {
  /** Everything but the targets, ready for JSON. */
  document: Record<string, unknown>;
  /** The same as a table of name and figure. */
  lines: [string, string][];
  targets: Target[];
}

const MEMORY_MAX_MIB = 300;
/** Processes that wanted a core before we began, over the last minute: others than ours. */
const LOAD_BEFORE = loadavg()[0]!;
/** With more of them for each core the ratios, too, say more about the neighbours. */
const QUIET_LOAD = 0.25;

const STEP_TITLES: Record<StepName, string> = {
  yardstick: 'yardstick: server-side COPY, obvious table',
  handWritten: 'hand-written service, 1 connection',
  handWrittenFour: 'hand-written service, 4 connections',
  first: 'this service, first load, 1 connection',
  replay: 'this service, replay of the whole batch',
  twoConnections: 'this service, 2 agreements, 2 connections',
  duringReads: 'this service, first load while it is read',
};

export function ingestReport(options: Options, results: IngestResults): Report {
  const speed = speedsOf(results);
  const handWritten = Math.max(speed.handWritten, speed.handWrittenFour);
  const memory = Math.max(...Object.values(results.memory_mib));
  const slowdown = (name: 'balances' | 'statement'): number =>
    results.busy[name].p99_ms / results.idle[name].p99_ms;
  const targets = [
    atLeast('first load / yardstick, median of rounds', perRound(results, 'first', 'yardstick'), 1),
    atLeast('first load / hand-written service (its faster figure)', speed.first / handWritten, 8),
    atLeast('replay / first load, median of rounds', perRound(results, 'replay', 'first'), 1),
    atMost('peak resident memory of the service, MiB', memory, MEMORY_MAX_MIB),
    atMost('p99 of GET /v1/balances, busy / idle', slowdown('balances'), 5),
    atMost('p99 of GET /v1/statements/{id}, busy / idle', slowdown('statement'), 5),
  ];
  const steps = Object.entries(STEP_TITLES) as [StepName, string][];
  return {
    document: {
      ...circumstances(options, results.settings),
      load: {
        records: options.records,
        recordBytes: results.record_bytes,
        rounds: options.rounds,
        seed: options.seed,
        handWrittenRecords: options.handWrittenRecords,
        customers: CUSTOMERS,
        regionPairs: SOURCE_REGIONS.length * DESTINATION_REGIONS.length,
      },
      rowsPerSecond: Object.fromEntries(steps.map(([name]) => [name, figuresOf(results, name)])),
      reads: { idle: roundedReads(results.idle), busy: roundedReads(results.busy) },
      peakMemoryMib: results.memory_mib,
    },
    lines: [
      ...steps.map(([name, title]): [string, string] => [title, `${thousands(speed[name])} rows/s`]),
      ...(['balances', 'statement'] as const).map((name): [string, string] => [
        `GET ${name}: p50 / p99 idle, then busy`,
        [results.idle[name], results.busy[name]]
          .map(({ p50_ms, p99_ms }) => `${p50_ms.toFixed(1)} / ${p99_ms.toFixed(1)} ms`)
          .join(', '),
      ]),
      ['two connections / one', (speed.twoConnections / speed.first).toFixed(2)],
      ['peak memory at start, first load, replay', memoryLine(results)],
    ],
    targets: options.records < FULL_RECORDS ? targets.map(asTrial) : targets,
  };
}

export function growthReport(options: Options, { settings, sizes }: GrowthResults): Report {
  return {
    document: {
      ...circumstances(options, settings),
      sizes: sizes.map(({ records, yardstick, first, replay, memory_mib }) => ({
        records,
        yardstick: Math.round(yardstick.rowsPerSecond),
        first: Math.round(first.rowsPerSecond),
        replay: Math.round(replay.rowsPerSecond),
        peakMemoryMib: memory_mib,
      })),
    },
    lines: sizes.map(({ records, yardstick, first, replay, memory_mib }) => [
      `${thousands(records)} records: yardstick, first load, replay`,
      `${[yardstick, first, replay].map(({ rowsPerSecond }) => thousands(rowsPerSecond)).join(', ')} rows/s; ${memory_mib} MiB`,
    ]),
    targets: sizes.flatMap(({ records, yardstick, first, replay, memory_mib }) => [
      atLeast(
        `${thousands(records)}: first load / yardstick`,
        first.rowsPerSecond / yardstick.rowsPerSecond,
        1,
      ),
      atLeast(`${thousands(records)}: replay / first load`, replay.rowsPerSecond / first.rowsPerSecond, 1),
      atMost(`${thousands(records)}: peak resident memory, MiB`, memory_mib, MEMORY_MAX_MIB),
    ]),
  };
}

/** Prints the report, and writes it where it is to be kept. */
export function publish({ document, lines, targets }: Report, out: string | null): void {
  const rows = [
    ...lines.map(([name, figure]) => [name, figure, '']),
    ...targets.map(({ name, value, limit, met }) => [
      name,
      value.toFixed(2),
      `${limit}: ${met ? 'met' : 'MISSED'}`,
    ]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const [name, figure, verdict] of rows) {
    console.log(`${name!.padEnd(widths[0]!)}  ${figure!.padStart(widths[1]!)}  ${verdict!}`.trimEnd());
  }
  if (LOAD_BEFORE > QUIET_LOAD * availableParallelism()) {
    console.log(`The machine was not quiet (load ${LOAD_BEFORE.toFixed(1)}): do not rely on these figures.`);
  }
  if (out === null) return;
  const rounded = targets.map((target) => ({ ...target, value: round(target.value) }));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify({ ...document, targets: rounded }, null, 2)}\n`);
  console.log(`Written to ${out}.`);
}

/** The median of each round's own ratio: a slow minute of the machine then hits both sides of it. */
function perRound({ steps }: IngestResults, name: StepName, by: StepName): number {
  return median(steps[name].map(({ rowsPerSecond }, at) => rowsPerSecond / steps[by][at]!.rowsPerSecond));
}

function speedsOf({ steps }: IngestResults): Record<StepName, number> {
  const entries = Object.entries(steps).map(([name, measured]) => [
    name,
    median(measured.map(({ rowsPerSecond }) => rowsPerSecond)),
  ]);
  return Object.fromEntries(entries) as Record<StepName, number>;
}

function figuresOf({ steps }: IngestResults, name: StepName): Record<string, number> {
  const speeds = steps[name].map(({ rowsPerSecond }) => rowsPerSecond);
  return {
    median: Math.round(median(speeds)),
    lowest: Math.round(Math.min(...speeds)),
    highest: Math.round(Math.max(...speeds)),
  };
}

function roundedReads(reads: IngestResults['idle']): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.entries(reads).map(([name, { reads: count, p50_ms, p99_ms }]) => [
      name,
      { count, p50Ms: round(p50_ms), p99Ms: round(p99_ms) },
    ]),
  );
}

function memoryLine({ memory_mib: { start, first, replay } }: IngestResults): string {
  return `${start}, ${first}, ${replay} MiB`;
}

export function circumstances(
  options: Pick<Options, 'service'>,
  settings: ServerSettings,
): Record<string, unknown> {
  const { server_version: postgresql, ...others } = settings;
  return {
    date: new Date().toISOString(),
    machine: {
      cores: availableParallelism(),
      memoryMib: Math.round(totalmem() / 2 ** 20),
      cpu: cpus()[0]?.model ?? 'unknown',
      loadBefore: round(LOAD_BEFORE),
    },
    versions: { node: process.version, postgresql, commit: commitOf(options.service) },
    settings: others,
  };
}

/** The commit that the measured build lies in, with a mark when the tree has changes. */
function commitOf(main: string): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', dirname(main), ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const changed = git('status', '--porcelain', '--untracked-files=no').trim() !== '';
    return `${git('rev-parse', '--short=12', 'HEAD').trim()}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

export function atLeast(name: string, value: number, limit: number): Target {
  return { name, value, limit: `at least ${limit}`, met: value >= limit };
}

export function atMost(name: string, value: number, limit: number): Target {
  return { name, value, limit: `at most ${limit}`, met: value <= limit };
}

/** The targets are stated for the full size; a smaller run says where it stands, and proves nothing. */
function asTrial(target: Target): Target {
  return { ...target, limit: `${target.limit} at ${FULL_RECORDS}` };
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
