import type { Transaction } from '../../platform/database/index.js';

/** Adds differences to the number of records that count, by period. */
export async function addPeriodUsage(
  tx: Transaction,
  agreementId: string,
  reporterId: string,
  records: ReadonlyMap<string, number>,
): Promise<void> {
  await tx.query(
    `INSERT INTO usage_periods AS stored (agreement_id, reporter_id, period, records)
     SELECT $1::uuid, $2::uuid, usage.* FROM unnest($3::text[], $4::bigint[]) AS usage
     ON CONFLICT (agreement_id, period, reporter_id) DO UPDATE SET records = stored.records + excluded.records`,
    [agreementId, reporterId, [...records.keys()], [...records.values()]],
  );
}
