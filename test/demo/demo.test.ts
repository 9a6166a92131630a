import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compiledEntry } from '../support/compile.js';

interface Run {
  code: number | null;
  output: string;
  errors: string;
}

const RUN_MS = 180_000;
/** Nothing that the machine has to offer may be needed: no database, no queue, and no settings of a project. */
const UNSET = { DATABASE_URL: '', REDIS_URL: '', OPERATOR_API_KEY: '', PORT: '', HOST: '', LOG_LEVEL: '' };

let folder: string;
let first: Run;
let second: Run;

function runDemo(args: string[], dataDir: string): Promise<Run> {
  const child = spawn(process.execPath, [compiledEntry('src/demo/main.ts'), ...args], {
    env: { ...process.env, ...UNSET, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = { code: null, output: '', errors: '' };
  child.stdout.on('data', (part: Buffer) => (run.output += part.toString()));
  child.stderr.on('data', (part: Buffer) => (run.errors += part.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...run, code }));
  });
}

/** The output without what is about the run and not about the figures. */
function figuresOf({ output }: Run): string {
  return output.replace(/^ {2}It listens on .*$/m, '').replace(/, \d+ of them known before$/gm, '');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peerledger-demo-'));
  first = await runDemo(['--exit'], join(folder, 'data'));
  second = await runDemo(['--exit'], join(folder, 'data'));
}, 2 * RUN_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run demo -- --exit', () => {
  test('ends with 0, and complains of nothing', () => {
    expect(first).toMatchObject({ code: 0, errors: '' });
    expect(second).toMatchObject({ code: 0, errors: '' });
  });

  test('comes to the figures of the founding story', () => {
    const [story] = first.output.split('2. A real bill');
    expect(story).toContain('\n  northcloud credits its customers 2200.00 USD\n');
    expect(story).toContain('\n  southcloud credits its customers 1500.00 USD\n');
    expect(story).toContain('\n  customers saved 3700.00 USD\n');
    expect(story).toContain('\n  inter-cloud net 0.00 USD\n');
    expect(story).toContain('northcloud reported 484 records, 10000000000000 bytes\n');
    expect(story).toMatch(/^ {2}exact +121$/m);
  });

  test('comes to the figures of the real bill', () => {
    const [, bill] = first.output.split('2. A real bill');
    expect(bill).toMatch(/^ +216 +egress/m);
    expect(bill).toContain('about 4.6 GB and 37 cents');
    for (const line of [
      'exact +38',
      'within_tolerance +14',
      'mismatch +5',
      'missing_sender +2',
      'missing_receiver +1',
    ]) {
      expect(bill).toMatch(new RegExp(`^  ${line}$`, 'm'));
    }
    expect(bill).toContain('\n  sunbird-cloud pays 15606.67 USD, harbor-cloud pays 58164.19 USD\n');
    // Recomputed from the CSV by a program of its own: 3,000,000 GiB shared over what sunbird-cloud reported.
    expect(bill).toContain('\n  sunbird-cloud credits its customers 239386.53 USD\n');
    expect(bill).toContain('\n  harbor-cloud credits its customers 3999999.99 USD\n');
    expect(bill).toContain('\n  customers saved 4239386.52 USD\n');
    expect(bill).toContain('\n  inter-cloud net 42557.52 USD, which harbor-cloud pays to sunbird-cloud\n');
  });

  test('run twice comes to the same figures, statements and entries, and makes nothing double', () => {
    expect(second.output).toContain(
      'northcloud reported 484 records, 10000000000000 bytes, 484 of them known before',
    );
    expect(second.output).toContain(', 485 of them known before');
    expect(figuresOf(second)).toBe(figuresOf(first));
  });

  test('fits a terminal of 100 columns', () => {
    const lines = first.output
      .split('\n')
      .filter((line) => !line.includes(folder) && !line.startsWith('  cd '));
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  test('keeps its keys from everybody else', () => {
    for (const name of ['demo-keys.json', 'northcloud.auth', 'harbor-cloud.auth']) {
      expect(statSync(join(folder, 'data', name)).mode & 0o777).toBe(0o600);
    }
    expect(first.output).not.toContain('plk_live_');
  });

  test('tells what it takes when it is asked for anything else', async () => {
    const run = await runDemo(['--fast'], join(folder, 'unused'));
    expect(run).toMatchObject({ code: 1, output: '' });
    expect(run.errors).toContain('Usage: npm run demo');
  });
});
