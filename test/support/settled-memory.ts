import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

// Loaded before a service by `--import`: on SIGUSR2 it collects garbage and says what memory is left in use.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

if (isMainThread) {
  process.on('SIGUSR2', () => {
    collect();
    // What finalizers let go of is garbage only now.
    setImmediate(() => {
      collect();
      const { heapUsed, external, rss } = process.memoryUsage();
      process.stdout.write(`settled memory ${JSON.stringify({ used: heapUsed + external, rss })}\n`);
    });
  });
}
