import type { INestApplicationContext } from '@nestjs/common';
import { OPERATOR, type Database } from './platform/database/index.js';
import { ProvidersService, type Provider } from './providers/index.js';
import { withRoomsOffline } from './rooms-offline.js';
import { explanationOf } from './start-failure.js';
import { CustomerSecretsService, type Resealing } from './traffic/index.js';

const PAGE = 100;

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Seals the keys of every provider with the first secret of CUSTOMER_KEY_SECRET, and says what became of them. */
async function resealAll(app: INestApplicationContext, database: Database): Promise<Resealing> {
  const secrets = app.get(CustomerSecretsService, { strict: false });
  const sum: Resealing = { current_count: 0, resealed_count: 0, lost_count: 0 };
  for await (const provider of everyProvider(app, database)) {
    const { current_count, resealed_count, lost_count } = await secrets.reseal(provider);
    sum.current_count += current_count;
    sum.resealed_count += resealed_count;
    sum.lost_count += lost_count;
    if (lost_count > 0) {
      say(
        `${lost_count} keys of ${provider.code} are sealed with a secret that CUSTOMER_KEY_SECRET has not.`,
      );
    }
  }
  return sum;
}

async function* everyProvider(app: INestApplicationContext, database: Database): AsyncGenerator<Provider> {
  const providers = app.get(ProvidersService, { strict: false });
  let afterId: string | null = null;
  for (;;) {
    const position = { afterId, limit: PAGE };
    const page: Provider[] = await database.actFor(OPERATOR, () => providers.list(position));
    yield* page;
    if (page.length < PAGE) return;
    afterId = page.at(-1)!.id;
  }
}

try {
  const { current_count, resealed_count, lost_count } = await withRoomsOffline(
    'peerledger customer-keys:reseal',
    resealAll,
  );
  say(
    `${current_count} keys are sealed with the first secret, ${resealed_count} of them since just now; ` +
      `${lost_count} cannot be opened.`,
  );
  if (lost_count === 0) say('No other secret is needed any more.');
  process.exitCode = lost_count === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${explanationOf(error)}\n`);
  process.exitCode = 2;
}
