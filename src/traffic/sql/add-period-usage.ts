import type { Transaction } from '../../platform/database/index.js';

/** Adds the incoming differences to the number of records that count, by period from one on. */
export async function addPeriodUsage(
  tx: Transaction,
  agreementId: string,
  reporterId: string,
  fromPeriod = '',
): Promise<void> {
  await tx.query(
    `INSERT INTO usage_periods AS stored (agreement_id, reporter_id, period, records)
     SELECT $1::uuid, $2::uuid, period, sum(records)
       FROM incoming_periods
      WHERE period >= $3
      GROUP BY period
     ON CONFLICT (agreement_id, period, reporter_id) DO UPDATE SET records = stored.records + excluded.records`,
    [agreementId, reporterId, fromPeriod],
  );
}
