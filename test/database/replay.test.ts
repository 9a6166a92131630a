import { AgreementsService } from '../../src/agreements/index.js';
import { ReconciliationService } from '../../src/reconciliation/index.js';
import { Database } from '../../src/platform/database/index.js';
import { PERIOD, startMarket, type Market } from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market?.close());

const REGIONS = Array.from({ length: 20 }, (_, n) => `region-${n}`);
const RECORDS = 130_000;

test('a period of more buckets than a call takes arguments is added up from its records', async () => {
  const deal = await market.deal({
    terms: {
      reconciliation: { bucket: '5min', scope: ['sourceRegion'], scopeValues: { sourceRegion: REGIONS } },
      directions: {},
    },
  });
  const agreementId = `(SELECT id FROM agreements WHERE code = '${deal.code}')`;
  await market.database.query(
    `INSERT INTO batches (agreement_id, id, reporter_id, recorded, received_at, mode, received, created, superseded,
       duplicate, rejected, total_bytes, sha256, errors)
     SELECT ${agreementId}, $1, id, 1, now(), 'atomic', 0, 0, 0, 0, 0, 0, '', '[]' FROM providers WHERE code = $2`,
    ['00000000-0000-7000-8000-000000000001', deal.a.code],
  );
  await market.database.query(
    `INSERT INTO traffic_records (agreement_id, reporter_id, batch_id, record_key, arrival, revision, bytes, starts_at,
       ends_at, void, direction, record_id, source_region)
     SELECT batch.agreement_id, batch.reporter_id, batch.id, md5('r' || n)::uuid, 0, 0, n, at, at + interval '5 minutes',
            false, 'egress', 'r' || n, ($2::text[])[1 + n % 20]
       FROM batches batch, generate_series(1, $3::integer) AS n,
            LATERAL (SELECT $1::timestamptz + n / 20 * interval '5 minutes' AS at) AS slot
      WHERE batch.agreement_id = ${agreementId}`,
    [`${PERIOD}-01T00:00:00Z`, REGIONS, RECORDS],
  );
  const agreements = market.get(AgreementsService);
  const [{ id }] = (await market.database.query<{ id: string }>(`SELECT ${agreementId} AS id`)) as [
    { id: string },
  ];
  const both = await market.acting(AgreementsService).tenantOf(id);
  const replayed = await market.acting(Database, both).snapshot(async (tx) => {
    const agreement = await agreements.findById(tx, id);
    const version = await agreements.versionFor(tx, agreement, PERIOD);
    const replay = { period: PERIOD, version, recorded: { upTo: 1n } };
    return market.get(ReconciliationService).replay(tx, agreement, replay);
  });
  expect(replayed.counts.missing_receiver).toBe(RECORDS);
  expect(replayed.directions.aToB.senderBytes).toBe((BigInt(RECORDS) * BigInt(RECORDS + 1)) / 2n);
  expect(replayed.sums).toHaveLength(REGIONS.length);
});
