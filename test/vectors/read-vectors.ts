import { readdirSync, readFileSync } from 'node:fs';

/** One conformance vector; README.md beside this file says what each subject's members mean. */
export interface Vector {
  name: string;
  source: string;
  input: any;
  expected: any;
}

const FOLDER = new URL('.', import.meta.url);

/** The subjects, as their files are named. */
export function subjects(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
}

export function readVectors(subject: string): Vector[] {
  const file = JSON.parse(readFileSync(new URL(`${subject}.json`, FOLDER), 'utf8')) as {
    subject: string;
    format: number;
    cases: Vector[];
  };
  if (file.subject !== subject || file.format !== 1) throw new Error(`Not ${subject} in format 1`);
  return file.cases;
}

/** Buckets with every `repeat` written out. */
export function expandBuckets(buckets: readonly any[]): any[] {
  return buckets.flatMap(({ repeat = 1, ...bucket }) => {
    const start = Date.parse(bucket.start);
    const length_ms = Date.parse(bucket.end) - start;
    return Array.from({ length: repeat }, (_, i) => ({
      ...bucket,
      start: instantText(start + i * length_ms),
      end: instantText(start + (i + 1) * length_ms),
    }));
  });
}

/** RFC 3339 in UTC, written without the code under test. */
export function instantText(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}
