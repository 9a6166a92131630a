import type { Transaction } from '../../platform/database/index.js';
import type { TrafficRecord } from '../rules/traffic-record.js';

/** Stores revisions; the caller has made sure that none is stored yet. */
export async function insertRecords(
  tx: Transaction,
  owner: { agreementId: string; reporterId: string; batchId: string },
  records: readonly TrafficRecord[],
): Promise<void> {
  const column = <Value>(pick: (record: TrafficRecord) => Value): Value[] => records.map(pick);
  await tx.query(
    `INSERT INTO traffic_records (agreement_id, reporter_id, batch_id, record_id, revision, direction, starts_at,
       ends_at, bytes, source_region, destination_region, service, customer, charged_unit_price, void)
     SELECT $1::uuid, $2::uuid, $3::uuid, record.*
       FROM unnest($4::text[], $5::integer[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::bigint[],
         $10::text[], $11::text[], $12::text[], $13::text[], $14::numeric[], $15::boolean[]) AS record`,
    [
      owner.agreementId,
      owner.reporterId,
      owner.batchId,
      column(({ id }) => id),
      column(({ revision }) => revision),
      column(({ direction }) => direction),
      column(({ start }) => new Date(start)),
      column(({ end }) => new Date(end)),
      column(({ bytes }) => bytes),
      column(({ sourceRegion }) => sourceRegion),
      column(({ destinationRegion }) => destinationRegion),
      column(({ service }) => service),
      column(({ customer }) => customer),
      column(({ chargedUnitPrice }) => chargedUnitPrice),
      column((record) => record.void),
    ],
  );
}
