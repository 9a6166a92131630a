import { createReadStream } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Whom to ask, and as whom. */
export interface Endpoint {
  base: string;
  /** Empty where none is asked for. */
  key: string;
  signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 600_000;
const READ_BYTES = 256 * 1024;

/** Connections are kept, as a client that cares for speed does. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let requests = 0;

/** Reads a resource; fails unless the answer is 200. */
export async function get<T>(endpoint: Endpoint, path: string): Promise<T> {
  const { request, answer } = open(endpoint, 'GET', path, {});
  request.end();
  return readAnswer<T>(await answer, `GET ${path}`);
}

/** Posts a text or an object; fails unless the answer is a success. */
export async function post<T>(
  endpoint: Endpoint,
  path: string,
  body: unknown,
  contentType = 'application/json',
): Promise<T> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const { request, answer } = open(endpoint, 'POST', path, {
    'Content-Type': contentType,
    'Content-Length': String(bytes.length),
    'Idempotency-Key': `bench-${process.pid}-${(requests += 1)}`,
  });
  request.end(bytes);
  return readAnswer<T>(await answer, `POST ${path}`);
}

/** Streams a file as the body of one request. */
export async function postFile<T>(endpoint: Endpoint, path: string, file: string): Promise<T> {
  const { request, answer } = open(endpoint, 'POST', path, { 'Content-Type': 'application/x-ndjson' });
  // A service that refuses early answers and then closes: the answer says why, the broken pipe does not.
  const sent = pipeline(createReadStream(file, { highWaterMark: READ_BYTES }), request).catch(
    (error: unknown) => error,
  );
  const value = await readAnswer<T>(await answer, `POST ${path}`);
  const failure = await sent;
  if (failure) throw failure as Error;
  return value;
}

function open(
  { base, key, signal }: Endpoint,
  method: string,
  path: string,
  headers: Record<string, string>,
): { request: ReturnType<typeof request>; answer: Promise<IncomingMessage> } {
  const opened = request(base + path, {
    method,
    agent,
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    headers: { ...(key && { Authorization: `Bearer ${key}` }), ...headers },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    opened.once('response', resolve);
    opened.on('error', reject);
  });
  return { request: opened, answer };
}

async function readAnswer<T>(answer: IncomingMessage, what: string): Promise<T> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 299)
    throw new Error(`${what} was answered ${status}: ${text.slice(0, 1_000)}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
