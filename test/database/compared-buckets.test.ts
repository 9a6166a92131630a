import fc from 'fast-check';
import { bucketGrid } from '../../src/period/index.js';
import { compareBucket } from '../../src/reconciliation/rules/compare-bucket.js';
import { toBucket, type BucketRow } from '../../src/reconciliation/rules/bucket-row.js';
import { BUCKET_COLUMNS } from '../../src/reconciliation/sql/bucket-row.js';
import { startMarket, type Market } from '../support/market.js';

/**
 * The database computes how a bucket's sides compare, as a part of its row. `compareBucket` says what that has to
 * be; here both are asked about the same rows.
 */
let market: Market;
let agreementId: string;
beforeAll(async () => {
  market = await startMarket();
  const { code } = await market.deal();
  const [row] = await market.database.query<{ id: string }>(`SELECT id FROM agreements WHERE code = $1`, [
    code,
  ]);
  agreementId = row!.id;
});
afterAll(() => market?.close());

const RULES = ['sender', 'receiver', 'lower', 'higher', 'average'] as const;
const GRID = bucketGrid('2026-10', 'month', 'Etc/UTC');

const side = (bytes: fc.Arbitrary<bigint>) => fc.option(bytes, { freq: 5 });
const small = fc.bigInt({ min: 0n, max: 40n });
const large = fc.bigInt({ min: 0n, max: 2n ** 80n });
/** Close to each other, so that tolerances are met at their very edge. */
const close = large.chain((bytes) =>
  fc.tuple(
    fc.constant(bytes),
    fc.bigInt({ min: -20n, max: 20n }).map((by) => (bytes + by > 0n ? bytes + by : 0n)),
  ),
);

const bucket = fc.record({
  sides: fc.oneof(fc.tuple(side(small), side(small)), fc.tuple(side(large), side(large)), close),
  agreed: fc.option(small, { freq: 5 }),
  terms: fc.record({
    absoluteBytes: fc.bigInt({ min: 0n, max: 20n }).map(String),
    ppm: fc.oneof(fc.nat(3), fc.nat(1_000_000)),
    settledBytesRule: fc.constantFrom(...RULES),
    mismatchRule: fc.constantFrom(...RULES),
    oneSided: fc.constantFrom('use_reported' as const, 'hold' as const),
  }),
});

type Case = typeof bucket extends fc.Arbitrary<infer Value> ? Value : never;

async function compareInDatabase(cases: readonly Case[]): Promise<Map<string, BucketRow>> {
  await market.database.query(`DELETE FROM usage_buckets WHERE agreement_id = $1`, [agreementId]);
  const column = <Value>(pick: (each: Case, n: number) => Value): Value[] => cases.map(pick);
  await market.database.query(
    `INSERT INTO usage_buckets (agreement_id, period, direction, bucket_start, source_region, destination_region,
       service, sender_bytes, sender_records, receiver_bytes, receiver_records, absolute_bytes, ppm,
       settled_bytes_rule, mismatch_rule, one_sided, agreed_bytes)
     SELECT $1::uuid, '2026-10', 'aToB', '2026-10-01Z', '', '', bucket.*
       FROM unnest($2::text[], $3::numeric[], $4::bigint[], $5::numeric[], $6::bigint[], $7::numeric[],
              $8::integer[], $9::text[], $10::text[], $11::text[], $12::numeric[]) AS bucket`,
    [
      agreementId,
      column((_, n) => String(n)),
      column(({ sides }) => sides[0] ?? 0n),
      column(({ sides }) => (sides[0] === null ? 0 : 2)),
      column(({ sides }) => sides[1] ?? 0n),
      column(({ sides }) => (sides[1] === null ? 0 : 1)),
      column(({ terms }) => terms.absoluteBytes),
      column(({ terms }) => terms.ppm),
      column(({ terms }) => terms.settledBytesRule),
      column(({ terms }) => terms.mismatchRule),
      column(({ terms }) => terms.oneSided),
      column(({ agreed }) => agreed),
    ],
  );
  const rows = await market.database.query<BucketRow>(
    `SELECT ${BUCKET_COLUMNS} FROM usage_buckets b WHERE agreement_id = $1`,
    [agreementId],
  );
  return new Map(rows.map((row) => [row.service, row]));
}

test('the table compares buckets as the rule does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bucket, { minLength: 1, maxLength: 200 }), async (cases) => {
      const rows = await compareInDatabase(cases);
      for (const [n, { sides, agreed, terms }] of cases.entries()) {
        const row = rows.get(String(n))!;
        if (sides[0] === null && sides[1] === null && agreed === null) {
          expect(row).toMatchObject({ status: null, settledBytes: '0', discrepancyBytes: '0' });
          continue;
        }
        const measured = {
          direction: 'aToB' as const,
          start: GRID.starts[0]!,
          end: GRID.end,
          index: 0,
          scope: { sourceRegion: '', destinationRegion: '', service: String(n) },
          senderBytes: sides[0],
          receiverBytes: sides[1],
          ...(agreed !== null && { agreedBytes: agreed }),
        };
        expect(toBucket(row, GRID)).toEqual(compareBucket(measured, terms));
      }
    }),
    { numRuns: 60 },
  );
});
