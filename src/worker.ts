import { run } from './run.js';

await run({ api: false, worker: true });
