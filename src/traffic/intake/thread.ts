import { parentPort } from 'node:worker_threads';
import { Problem } from '../../platform/problems/index.js';
import { BatchReader } from './batch-reader.js';
import type { ForBatch, IntakeCommand, IntakeEvent, IntakeFailure } from './messages.js';

/** The thread that reads batches, so that no body, however long, keeps the API's event loop from others. */
const port = parentPort!;
const readers = new Map<number, BatchReader>();

port.on('message', (command: ForBatch<IntakeCommand>) => {
  const { batch } = command;
  try {
    obey(batch, command);
  } catch (error) {
    readers.delete(batch);
    say(batch, { kind: 'failed', failure: failureOf(error) });
  }
});

function obey(batch: number, command: IntakeCommand): void {
  if (command.kind === 'open') {
    readers.set(batch, new BatchReader(command.plan, (event) => say(batch, event)));
    return;
  }
  // One that failed is gone already; what was on its way to it is void.
  const reader = readers.get(batch);
  if (!reader) return;
  switch (command.kind) {
    case 'part':
      return reader.push(new Uint8Array(command.memory, 0, command.bytes));
    case 'end':
      return reader.end();
    case 'stored':
      return reader.settleAll('created', command.memory);
    case 'known':
      return reader.settleAll('duplicate', command.memory);
    case 'compare':
      return reader.settleCompared(command.memory, command.ranks, command.stored);
    case 'drop':
      readers.delete(batch);
  }
}

function say(batch: number, event: IntakeEvent): void {
  if (event.kind === 'done') readers.delete(batch);
  const message: ForBatch<IntakeEvent> = { ...event, batch };
  port.postMessage(message, memoryOf(event));
}

/** Memory that goes with the message instead of being copied. */
function memoryOf(event: IntakeEvent): ArrayBuffer[] {
  switch (event.kind) {
    case 'read':
      return [event.memory];
    case 'chunk':
    case 'compared':
      return [event.rows.buffer];
    case 'usage':
      return Object.values(event.rows).map((rows: Uint8Array<ArrayBuffer>) => rows.buffer);
    default:
      return [];
  }
}

function failureOf(error: unknown): IntakeFailure {
  if (error instanceof Problem) {
    const { code, definition, detail, extras, message } = error;
    return { problem: { code, definition, detail, extras }, message };
  }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
