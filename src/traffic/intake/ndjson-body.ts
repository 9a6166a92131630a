import { parseJson } from '../../platform/json/index.js';
import { Problem } from '../../platform/problems/index.js';
import { mistake } from '../rules/read-record.js';
import type { BatchBody, RecordSink } from './body.js';
import { RecordLines } from './record-lines.js';
import { scanJson } from './scan-json.js';
import { ScannedRecord } from './scanned-record.js';

/** One JSON object a line. */
export class NdjsonBody implements BatchBody {
  private readonly record = new ScannedRecord();
  private readonly lines: RecordLines;

  constructor(
    private readonly sink: RecordSink,
    record_bytes_max: number,
  ) {
    this.lines = new RecordLines((...line) => this.take(...line), record_bytes_max, false);
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

  private take(source: Uint8Array, from: number, to: number, line: number): void {
    if (scanJson(source, from, to, this.record)) return this.sink.scanned(this.record, line);
    let value: unknown;
    try {
      value = parseJson(Buffer.from(source.buffer, source.byteOffset + from, to - from));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return this.sink.refused([mistake('', error.detail)], line);
    }
    this.sink.value(value, line);
  }
}
