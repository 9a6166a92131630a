import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { post, type Endpoint } from './http-client.js';
import { startListening } from './processes.js';
import type { RecordFiles, RecordSet } from './records.js';
import type { Run } from './run.js';
import { timed, type Timed } from './timing.js';
import { createDatabase, databaseUrl } from './yardstick.js';

const RECORDS_A_REQUEST = 1_000;

/** The hand-written service, in a process of its own, with an empty table on the same server. */
export interface HandWritten {
  /** Sends the first `count` records, a thousand a request, over this many connections. */
  load(count: number, connections: number): Promise<Timed>;
}

export async function startHandWritten(
  run: Run,
  serverUrl: string,
  set: RecordSet,
  files: RecordFiles,
): Promise<HandWritten> {
  const client = await createDatabase(run, serverUrl, 'hand_written');
  const main = fileURLToPath(new URL('hand-written/main.js', import.meta.url));
  const { url } = await startListening(run, main, [], {
    DATABASE_URL: databaseUrl(serverUrl, 'hand_written'),
  });
  const endpoint: Endpoint = { base: url, key: '', signal: run.signal };
  return {
    load: async (count, connections) => {
      await client.query('TRUNCATE traffic_records');
      const bodies = await bodiesOf(files.ndjson, count);
      const loaded = await timed(count, async () => {
        let next = 0;
        const lane = async (): Promise<void> => {
          for (let body = bodies[next++]; body; body = bodies[next++]) {
            await post(endpoint, `/reporters/${set.reporter}/batches`, body, 'application/json');
          }
        };
        await Promise.all(Array.from({ length: connections }, lane));
      });
      const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM traffic_records');
      if (rows[0]!.count !== String(count)) throw new Error('The hand-written service lost records.');
      return loaded;
    },
  };
}

/** Made beforehand, so that the client's work is not part of the figure. */
async function bodiesOf(ndjson: string, count: number): Promise<string[]> {
  const bodies: string[] = [];
  let lines: string[] = [];
  let taken = 0;
  for await (const line of createInterface({ input: createReadStream(ndjson) })) {
    if (taken === count) break;
    lines.push(line);
    taken += 1;
    if (lines.length < RECORDS_A_REQUEST && taken < count) continue;
    bodies.push(`{"records":[${lines.join(',')}]}`);
    lines = [];
  }
  return bodies;
}
