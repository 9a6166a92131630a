/** An agreement with its parties' codes. */
export interface AgreementRow {
  id: string;
  code: string;
  partyA: { id: string; code: string };
  partyB: { id: string; code: string };
  timezone: string;
  currency: string;
  autoClose: boolean;
  createdAt: Date;
}

/** Columns that make an {@link AgreementRow}; expects `agreements a`. */
export const AGREEMENT_COLUMNS = `
  a.id, a.code, a.timezone, a.currency, a.auto_close AS "autoClose", a.created_at AS "createdAt",
  json_build_object('id', pa.id, 'code', pa.code) AS "partyA",
  json_build_object('id', pb.id, 'code', pb.code) AS "partyB"`;

export const AGREEMENT_TABLES = `
  agreements a
  JOIN providers pa ON pa.id = a.party_a_id
  JOIN providers pb ON pb.id = a.party_b_id`;
