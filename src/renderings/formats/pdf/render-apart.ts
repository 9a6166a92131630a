import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Copy } from '../../rules/copy.js';

const THREAD = new URL('./pdf-thread.js', import.meta.url);

let latest: Promise<unknown> = Promise.resolve();

/**
 * Sets a statement in a thread of its own, one after the other: layout takes a second of the processor and 60 MiB,
 * which neither requests nor batches should feel.
 */
export function renderPdfApart(copy: Copy): Promise<Buffer> {
  const pdf = latest.then(() => renderInThread(copy));
  latest = pdf.catch(() => undefined);
  return pdf;
}

async function renderInThread(copy: Copy): Promise<Buffer> {
  // Tests run the sources, beside which no compiled thread lies.
  if (!existsSync(THREAD)) return (await import('./statement-pdf.js')).renderPdf(copy);
  const thread = new Worker(THREAD, { name: 'peerledger pdf', workerData: copy });
  const pdf = await new Promise<Uint8Array>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The thread that sets PDFs ended with code ${code}.`)));
  });
  return Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
}
