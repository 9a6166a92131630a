import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Page, Receipt } from './answers.js';
import type { TrafficReport } from './peering.js';

const ATTEMPTS = 5;
const PAGE = 1000;

/** An answer of the API that is not the one hoped for. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Sent {
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

interface ProblemBody {
  code?: string;
  detail?: string;
  request_id?: string;
  errors?: { pointer: string; detail: string }[];
}

/** The public HTTP API, as one holder of a key uses it. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly signal: AbortSignal,
  ) {}

  async get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }

  /** Null where there is no such thing. */
  async find<T>(path: string): Promise<T | null> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** Everything a list has, page by page. */
  async all<T>(path: string): Promise<T[]> {
    const found: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<T> = await this.get<Page<T>>(`${path}?limit=${PAGE}${query}`);
      found.push(...page.data);
      cursor = page.nextCursor;
    }
    return found;
  }

  /** A repeated attempt carries the same idempotency key, so nothing happens twice. */
  async post<T>(path: string, body?: object): Promise<T> {
    const headers = { 'Idempotency-Key': randomUUID() };
    if (!body) return this.send<T>('POST', path, { headers });
    return this.send<T>('POST', path, {
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Reports traffic as NDJSON. Records are told apart by their ids, so sending them again is harmless. */
  async postRecords(agreement: string, records: readonly TrafficReport[], gzip: boolean): Promise<Receipt> {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    return this.send<Receipt>('POST', `/v1/agreements/${agreement}/batches`, {
      headers: { 'Content-Type': 'application/x-ndjson', ...(gzip && { 'Content-Encoding': 'gzip' }) },
      body: gzip ? new Uint8Array(gzipSync(text)) : text,
    });
  }

  private async send<T>(method: string, path: string, { headers = {}, body }: Sent = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      // An interruption takes effect between requests: one in flight is soon answered.
      this.signal.throwIfAborted();
      const response = await fetch(this.url + path, {
        method,
        headers: { Authorization: `Bearer ${this.key}`, Accept: 'application/json', ...headers },
        ...(body !== undefined && { body }),
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as T;
      if ((response.status !== 429 && response.status !== 503) || attempt === ATTEMPTS) {
        throw errorOf(method, path, response.status, text);
      }
      const wait_s = Number(response.headers.get('retry-after') ?? '1');
      await sleep(1000 * (Number.isFinite(wait_s) ? wait_s : 1), undefined, { signal: this.signal });
    }
  }
}

/** Whether the error says that somebody made the thing before. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

function errorOf(method: string, path: string, status: number, text: string): ApiError {
  const problem = problemIn(text);
  const faults = (problem.errors ?? []).slice(0, 3).map(({ pointer, detail }) => `${pointer} ${detail}`);
  const said = [problem.detail ?? text.slice(0, 200), ...faults].join('; ');
  const request = problem.request_id === undefined ? '' : ` (request ${problem.request_id})`;
  return new ApiError(
    status,
    problem.code ?? 'unknown',
    `${method} ${path} was answered with ${status} ${problem.code ?? ''}: ${said}${request}`,
  );
}

function problemIn(text: string): ProblemBody {
  try {
    return JSON.parse(text) as ProblemBody;
  } catch {
    return {};
  }
}
