import type { RecordMistake } from '../rules/read-record.js';
import type { ScannedRecord } from './scanned-record.js';

/** Takes the records of a body, one after the other. `line` counts from 1, and is 0 where there are no lines. */
export interface RecordSink {
  /** A plain record, to be read before the next one comes. */
  scanned(record: ScannedRecord, line: number): void;
  /** A record as a parsed value, whatever it is; `at` leads from what the body holds to the value. */
  value(value: unknown, line: number, at?: string): void;
  /** What was meant to be a record and is none. */
  refused(mistakes: readonly RecordMistake[], line: number): void;
}

/** Reads a body of one format, and gives its records to a sink. Throws a problem that concerns the whole. */
export interface BatchBody {
  write(part: Uint8Array): void;
  /** The body is complete. */
  end(): void;
  /** After the end: gives some records more; false when there were none left. */
  next(): boolean;
  /** What leads from the body to a record. */
  pointerOf(index: number): string;
}
