import { parentPort, workerData } from 'node:worker_threads';
import type { Copy } from '../../rules/copy.js';
import { renderPdf } from './statement-pdf.js';

/** Sets one statement, and ends: the memory of fonts, charts and layout goes with the thread. */
const pdf = await renderPdf(workerData as Copy);
parentPort!.postMessage(pdf);
