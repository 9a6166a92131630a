import { run } from './run.js';

await run({ api: true, worker: process.argv.includes('--with-worker') });
