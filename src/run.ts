import { loadConfig, startService, type Roles, type Service } from './service.js';
import { explanationOf } from './start-failure.js';

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const complain = (text: string): boolean => process.stderr.write(`${text}\n`);

/** Runs the service until a signal ends it. The exit code is 0 after an orderly stop, else 1. */
export async function run(roles: Roles): Promise<void> {
  const starting = new AbortController();
  const stopRequested = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        // A second signal means that whoever waits has lost patience.
        if (starting.signal.aborted) process.exit(1);
        starting.abort();
        resolve();
      });
    }
  });
  let service: Service;
  let timeout_s: number;
  try {
    const config = loadConfig();
    timeout_s = config.SHUTDOWN_TIMEOUT_S;
    service = await startService(config, roles, starting.signal);
  } catch (error) {
    if (starting.signal.aborted) process.exit(0);
    complain(explanationOf(error));
    process.exit(1);
  }
  announce(service);
  const broken = new Promise<string>((resolve) => service.onBroken(resolve));
  const reason = await Promise.race([stopRequested, broken]);
  if (typeof reason === 'string') complain(reason);
  await stop(service, timeout_s);
  process.exit(typeof reason === 'string' ? 1 : 0);
}

function announce({ url, newOperatorKey }: Service): void {
  if (newOperatorKey) {
    say(`Operator key, shown this once (keep it safe): ${newOperatorKey}`);
  }
  say(url ? `peerledger listens on ${url} (API documentation: ${url}/docs)` : 'The peerledger worker runs.');
}

async function stop(service: Service, timeout_s: number): Promise<void> {
  const giveUp = setTimeout(() => {
    complain(`Not everything ended within ${timeout_s} s (SHUTDOWN_TIMEOUT_S); leaving now.`);
    process.exit(1);
  }, timeout_s * 1000);
  try {
    await service.stop();
  } catch (error) {
    complain(`Not everything ended as it should: ${explanationOf(error)}`);
    process.exit(1);
  }
  clearTimeout(giveUp);
}
