import { Agent, request as httpRequest } from 'node:http';

/** A request as it goes over the wire. */
export interface WireRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** Sends only so many bytes of the body, and ends the connection there. */
  cutAt: number | null;
}

export interface WireAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/**
 * Sends a request and reads the whole answer; null where the connection ended without one, as it may when the
 * request was cut off. Rejects when nothing came within the deadline.
 */
export async function exchange(
  url: string,
  { method, path, headers, body, cutAt }: WireRequest,
  deadline_ms: number,
): Promise<WireAnswer | null> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const cut = body !== null && cutAt !== null && cutAt < body.length;
    const sent = httpRequest({
      ...{ hostname, port, method, path },
      headers: body === null ? headers : { ...headers, 'Content-Length': String(body.length) },
      agent: cut ? false : agent,
    });
    const timer = setTimeout(() => {
      reject(new Error(`there was no whole answer within ${deadline_ms} ms`));
      sent.destroy();
    }, deadline_ms);
    const done = (answer: WireAnswer | null): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => done(null));
      response.on('end', () =>
        done({ status: response.statusCode!, headers: response.headers, bytes: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      // Who sends too much or breaks off may be cut off before it has read why.
      if (cut || body !== null) done(null);
      else reject(new Error(`the connection broke: ${error.code ?? error.message}`));
    });
    if (body === null) sent.end();
    else if (!cut) sent.end(body);
    else {
      sent.write(body.subarray(0, cutAt));
      sent.on('socket', (socket) => setImmediate(() => socket.end()));
    }
  });
}

/** The command that sends the same request. */
export function curlOf(url: string, { method, path, headers, body, cutAt }: WireRequest): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = ['curl -sS -i --path-as-is --globoff -X', method, quoted(url + path)];
  for (const [name, value] of Object.entries(headers)) parts.push('-H', quoted(`${name}: ${value}`));
  if (body === null) return parts.join(' ');
  const base64 = body.toString('base64');
  const cut = cutAt !== null && cutAt < body.length ? ` # cut off after ${cutAt} bytes` : '';
  return `printf %s ${quoted(base64)} | base64 -d | ${parts.join(' ')} --data-binary @-${cut}`;
}
