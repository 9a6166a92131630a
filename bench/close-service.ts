import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { tenantOf, type Caller } from '../src/access/index.js';
import { AgreementsService, type Agreement } from '../src/agreements/index.js';
import { AppModule } from '../src/app.module.js';
import { readConfig } from '../src/platform/config/index.js';
import {
  connectDatabase,
  connectStreams,
  Database,
  migrate,
  OPERATOR,
} from '../src/platform/database/index.js';
import { JobQueue } from '../src/platform/queue/index.js';
import { ProvidersService, type Provider } from '../src/providers/index.js';
import { CloseService } from '../src/settlement/close.service.js';
import { findStatement } from '../src/settlement/sql/find-statement.js';
import { VerificationService } from '../src/settlement/verification.service.js';
import { VoidService } from '../src/settlement/void.service.js';
import type { Reporters } from './close-records.js';
import { DESTINATION_REGIONS, PERIOD, SOURCE_REGIONS } from './records.js';
import type { Run } from './run.js';

/** The service's own code, called where its jobs call it. */
export interface ClosingService {
  /** A new agreement, with terms proposed but not in force: records are counted when they come into force. */
  agreement(bucket: 'hour' | '5min'): Promise<Reporters>;
  /** Has the terms accepted, so that the service adds up all records that are there. */
  accept(of: Reporters): Promise<void>;
  /** Closes the month. Gives its statement's id and document. */
  close(of: Reporters): Promise<{ id: string; document: Issued }>;
  /** Makes a statement void, so that its month can be closed again. */
  makeVoid(id: string): Promise<void>;
  /** Whether a statement is what its records come to, recomputed by the rules. */
  verify(id: string): Promise<boolean>;
}

/** What is looked at of a statement. */
export interface Issued {
  declaredBytes: Record<'aToB' | 'bToA', { sender: string; receiver: string }>;
  counts: { buckets: Record<string, number> };
}

export async function openClosingService(run: Run, url: string): Promise<ClosingService> {
  await migrate(url);
  const applicationName = 'peerledger bench';
  const database = await connectDatabase({ url, poolSize: 4, applicationName });
  run.undo(() => database.close());
  const streams = await connectStreams({ url, poolSize: 1, applicationName });
  run.undo(() => streams.close());
  const queue = new JobQueue({ databaseUrl: url, redisUrl: undefined, onError: () => undefined });
  run.undo(() => queue.close());
  const config = readConfig({ SCHEDULE_INTERVAL_S: '86400' });
  const app = await NestFactory.createApplicationContext(
    AppModule.forRoot({ config, database, streams, queue }),
    { logger: false },
  );
  run.undo(() => app.close());
  return serviceOf(app, database);
}

function serviceOf(app: INestApplicationContext, database: Database): ClosingService {
  const providers = app.get(ProvidersService, { strict: false });
  const agreements = app.get(AgreementsService, { strict: false });
  const closing = app.get(CloseService, { strict: false });
  const voiding = app.get(VoidService, { strict: false });
  const verification = app.get(VerificationService, { strict: false });
  const made = new Map<string, { agreement: Agreement; b: Provider; sha256: string }>();
  let count = 0;
  const asOperator = <T>(work: () => Promise<T>): Promise<T> => database.actFor(OPERATOR, work);
  const forBoth = async <T>(agreementId: string, work: () => Promise<T>): Promise<T> =>
    database.actFor(await asOperator(() => agreements.tenantOf(agreementId)), work);
  return {
    agreement: async (bucket) => {
      const n = (count += 1);
      const [a, b] = [await provider(`alpha-${n}`), await provider(`beta-${n}`)];
      await providers.addPrices(a, [priceOf('egress', '0.22')]);
      await providers.addPrices(b, [priceOf('ingress', '0.15')]);
      const parties = { code: `deal-${n}`, partyA: a.code, partyB: b.code };
      const about = { ...parties, timezone: 'Etc/UTC', currency: 'USD', autoClose: false };
      const proposal = { effectiveFrom: PERIOD, terms: termsOf(bucket) };
      const caller = callerOf(a);
      const { agreement, sha256 } = await database.actFor(tenantOf(caller), async () => {
        const created = await agreements.create(caller, about);
        return { agreement: created, ...(await agreements.propose(caller, created, proposal)) };
      });
      made.set(agreement.id, { agreement, b, sha256 });
      return { agreementId: agreement.id, a: a.id, b: b.id };
    },
    accept: async ({ agreementId }) => {
      const { agreement, b, sha256 } = made.get(agreementId)!;
      await database.actFor(tenantOf(callerOf(b)), () =>
        agreements.accept(callerOf(b), agreement, 1, sha256),
      );
    },
    close: ({ agreementId }) =>
      forBoth(agreementId, async () => {
        const { statementId } = await closing.close(agreementId, PERIOD, Date.now());
        const row = (await findStatement(database, statementId, null))!;
        return { id: statementId, document: JSON.parse(row.document) as Issued };
      }),
    makeVoid: (id) =>
      asOperator(async () => {
        const row = (await findStatement(database, id, null))!;
        await voiding.makeVoid(row, 'closed again by the benchmark', Date.now(), () => undefined);
      }),
    verify: async (id) => {
      const { agreementId } = (await asOperator(() => findStatement(database, id, null)))!;
      return (await forBoth(agreementId, () => verification.verify(id, null))).matches;
    },
  };

  async function provider(code: string): Promise<Provider> {
    return asOperator(() => providers.create({ code, name: code, asns: [64500], billingCurrency: 'USD' }));
  }
}

/** All that A sends is free of charge, so that 2,000 customers of each party are credited; B pays for the rest. */
function termsOf(bucket: 'hour' | '5min'): Parameters<AgreementsService['propose']>[2]['terms'] {
  return {
    reconciliation: {
      bucket,
      scope: ['sourceRegion', 'destinationRegion'],
      scopeValues: { sourceRegion: SOURCE_REGIONS, destinationRegion: DESTINATION_REGIONS },
    },
    directions: {
      aToB: { zeroRating: { kind: 'all' } },
      bToA: {
        zeroRating: { kind: 'allowance', quantity: '5', unit: 'TB' },
        pricing: { model: 'linear', unit: 'GB', unitPrice: '0.02' },
      },
    },
  };
}

function priceOf(
  side: 'egress' | 'ingress',
  unitPrice: string,
): Parameters<ProvidersService['addPrices']>[1][0] {
  return { side, region: null, from: Date.UTC(2020, 0, 1), unit: 'GB', unitPrice };
}

function callerOf({ id, code }: Provider): Caller {
  return {
    kind: 'provider',
    providerId: id,
    providerCode: code,
    keyId: id,
    scopes: [],
    proof: { kind: 'key' },
  };
}
