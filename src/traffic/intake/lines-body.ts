import type { BatchBody, RecordSink } from './body.js';
import { RecordLines } from './record-lines.js';
import { ScannedRecord } from './scanned-record.js';

/** A body that has a record a line; each is given as soon as its line is there. */
export abstract class LinesBody implements BatchBody {
  protected readonly record = new ScannedRecord();
  private readonly lines: RecordLines;

  constructor(
    protected readonly sink: RecordSink,
    { record_bytes_max, isQuoted }: { record_bytes_max: number; isQuoted: boolean },
  ) {
    this.lines = new RecordLines((...line) => this.take(...line), record_bytes_max, isQuoted);
  }

  write(part: Uint8Array): void {
    this.lines.write(part);
  }

  end(): void {
    this.lines.end();
  }

  next(): boolean {
    return false;
  }

  pointerOf(): string {
    return '';
  }

  /** Gives what a line holds, `[from, to)` of the bytes. */
  protected abstract take(source: Uint8Array, from: number, to: number, line: number): void;
}
