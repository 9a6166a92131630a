import { parseJson } from '../../platform/json/index.js';
import { mistake, type RecordMistake } from '../rules/read-record.js';
import { trafficProblems } from '../traffic.errors.js';
import type { BatchBody, RecordSink } from './body.js';

/** Records that are given at once. */
const STEP_RECORDS = 500;

/** A body that is one JSON value; it is small, and parsed when all of it is there. */
abstract class WholeJsonBody implements BatchBody {
  private parts: Uint8Array[] = [];
  private items: readonly unknown[] = [];
  private given = 0;

  constructor(
    protected readonly sink: RecordSink,
    private readonly records_max: number,
  ) {}

  write(part: Uint8Array): void {
    this.parts.push(part.slice());
  }

  end(): void {
    const text = Buffer.concat(this.parts);
    if (text.length === 0) throw trafficProblems.invalid_batch('The body is empty; send records.');
    this.items = this.itemsOf(parseJson(text));
    this.parts = [];
    if (this.items.length > this.records_max) {
      throw trafficProblems.too_many_records(
        `A JSON batch has at most ${this.records_max} records; send several, or stream application/x-ndjson.`,
      );
    }
  }

  next(): boolean {
    const step = this.items.slice(this.given, this.given + STEP_RECORDS);
    for (const item of step) this.give(item);
    this.given += step.length;
    return step.length > 0;
  }

  abstract pointerOf(index: number): string;
  protected abstract itemsOf(body: unknown): readonly unknown[];
  protected abstract give(item: unknown): void;
}

/** `{"records": [...]}`. */
export class RecordsBody extends WholeJsonBody {
  override pointerOf(index: number): string {
    return `/records/${index}`;
  }

  protected override itemsOf(body: unknown): readonly unknown[] {
    const members = typeof body === 'object' && body !== null ? Object.keys(body) : [];
    const records = (body as { records?: unknown } | null)?.records;
    if (members.length === 1 && Array.isArray(records)) return records;
    throw trafficProblems.invalid_batch('The body must be {"records": [...]}, and nothing else.', {
      errors: [{ pointer: '/records', code: 'invalid_batch', detail: 'send an array of traffic records' }],
    });
  }

  protected override give(item: unknown): void {
    this.sink.value(item, 0);
  }
}

/**
 * A batch of CloudEvents 1.0 in JSON, each with a traffic record as its `data`. The event says where it comes
 * from; what counts is the record, and its own id.
 */
export class CloudEventsBody extends WholeJsonBody {
  override pointerOf(index: number): string {
    return `/${index}`;
  }

  protected override itemsOf(body: unknown): readonly unknown[] {
    if (Array.isArray(body)) return body;
    throw trafficProblems.invalid_batch('The body must be an array of CloudEvents.', {
      errors: [{ pointer: '', code: 'invalid_batch', detail: 'send an array of CloudEvents' }],
    });
  }

  protected override give(item: unknown): void {
    const mistakes = envelopeMistakes(item);
    if (mistakes.length > 0) this.sink.refused(mistakes, 0);
    else this.sink.value((item as { data: unknown }).data, 0, '/data');
  }
}

/** What the specification asks of an event's own attributes (CloudEvents 1.0.2, "Required Attributes"). */
function envelopeMistakes(event: unknown): RecordMistake[] {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return [mistake('', 'use a CloudEvent, a JSON object')];
  }
  const { specversion, id, source, type, datacontenttype, data } = event as Record<string, unknown>;
  const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
  return [
    ...(specversion === '1.0' ? [] : [mistake('/specversion', 'use "1.0"')]),
    ...(isText(id) ? [] : [mistake('/id', 'give the event an id')]),
    ...(isText(source) ? [] : [mistake('/source', 'say where the event comes from, as a URI')]),
    ...(isText(type) ? [] : [mistake('/type', 'give the event a type')]),
    ...(datacontenttype === undefined || isJsonType(datacontenttype)
      ? []
      : [mistake('/datacontenttype', 'use application/json, or leave it out')]),
    ...(data !== undefined ? [] : [mistake('/data', 'put the traffic record here')]),
  ];
}

function isJsonType(type: unknown): boolean {
  return typeof type === 'string' && /^[^;]*[/+]json(\s*;.*)?$/i.test(type);
}
