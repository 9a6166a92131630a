import { parseJson } from '../../platform/json/index.js';
import { Problem } from '../../platform/problems/index.js';
import { mistake } from '../rules/read-record.js';
import type { RecordSink } from './body.js';
import { LinesBody } from './lines-body.js';
import { scanJson } from './scan-json.js';

/** One JSON object a line. */
export class NdjsonBody extends LinesBody {
  constructor(sink: RecordSink, record_bytes_max: number) {
    super(sink, { record_bytes_max, isQuoted: false });
  }

  protected take(source: Uint8Array, from: number, to: number, line: number): void {
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
