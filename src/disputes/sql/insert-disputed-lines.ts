import type { Side } from '../../agreements/index.js';
import type { Transaction } from '../../platform/database/index.js';

/** What a dispute contests of a line; amounts in minor units. */
export interface DisputedLine {
  lineId: string;
  payer: Side;
  /** Signed. */
  charged: bigint;
  /** The contested part, without sign. */
  amount: bigint;
}

export async function insertDisputedLines(
  tx: Transaction,
  dispute: { agreementId: string; id: string },
  lines: readonly DisputedLine[],
): Promise<void> {
  await tx.query(
    `INSERT INTO disputed_lines (agreement_id, dispute_id, line_id, payer, charged, amount)
     SELECT $1::uuid, $2::uuid, line.id, line.payer, line.charged, line.amount
       FROM unnest($3::uuid[], $4::text[], $5::numeric[], $6::numeric[]) AS line (id, payer, charged, amount)`,
    [
      dispute.agreementId,
      dispute.id,
      lines.map(({ lineId }) => lineId),
      lines.map(({ payer }) => payer),
      lines.map(({ charged }) => charged),
      lines.map(({ amount }) => amount),
    ],
  );
}
