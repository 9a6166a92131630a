import type { ProblemDefinition, ProblemExtras } from '../../platform/problems/index.js';
import type { IntakeResult } from './batch-tally.js';
import type { IntakePlan } from './plan.js';
import type { StoredRevision } from './stored-revisions.js';
import type { UsageRows } from '../rules/usage-rows.js';

/** What the thread is told, each time of one batch. */
export type IntakeCommand =
  | { kind: 'open'; plan: IntakePlan }
  | { kind: 'part'; memory: ArrayBuffer; bytes: number }
  | { kind: 'end' }
  /** Every record of the oldest chunk was new, and is stored. The memory of its rows comes back to be used again. */
  | { kind: 'stored'; memory: ArrayBuffer }
  /** Every record of the oldest chunk is stored already, just as it is. */
  | { kind: 'known'; memory: ArrayBuffer }
  /** What is stored of those records of the oldest chunk that are not stored as they are. */
  | {
      kind: 'compare';
      memory: ArrayBuffer;
      ranks: readonly number[];
      stored: readonly StoredRevision[];
    }
  /** Forget the batch. */
  | { kind: 'drop' };

/** What the thread answers, each time of one batch. */
export type IntakeEvent =
  /** A part is read; its memory comes back to be used again. */
  | { kind: 'read'; memory: ArrayBuffer; bytes: number }
  /** Records to be stored, sorted by key. */
  | { kind: 'chunk'; rows: Uint8Array<ArrayBuffer>; count: number; probes: string[]; mustCompare: boolean }
  /** The rows of a compared chunk that are to be stored. */
  | { kind: 'compared'; rows: Uint8Array<ArrayBuffer>; count: number }
  /** What stored records come to; there may be several. */
  | { kind: 'usage'; rows: UsageRows }
  /** What pseudonyms of stored records stand for. */
  | { kind: 'customers'; references: ReadonlyMap<string, string> }
  | { kind: 'done'; result: IntakeResult }
  | { kind: 'failed'; failure: IntakeFailure };

/** An error on its way between threads: a problem keeps its code, all else only its text. */
export interface IntakeFailure {
  problem?: { code: string; definition: ProblemDefinition; detail: string; extras: ProblemExtras };
  message: string;
}

/** A message with the batch that it concerns. */
export type ForBatch<Message> = Message & { batch: number };
