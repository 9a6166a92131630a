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
  /** The period with which the agreement ends, once it is terminated. */
  lastPeriod: string | null;
  /** Spans in which no traffic counts, oldest first; the last may still be open. */
  suspensions: { from: string; until: string | null; by: string | null }[];
  /** Whether any version is in force. */
  hasTerms: boolean;
}

/** Columns that make an {@link AgreementRow}; expects `agreements a`. */
export const AGREEMENT_COLUMNS = `
  a.id, a.code, a.timezone, a.currency, a.auto_close AS "autoClose", a.created_at AS "createdAt",
  a.last_period AS "lastPeriod",
  EXISTS (SELECT FROM agreement_versions v WHERE v.agreement_id = a.id AND v.in_force_at IS NOT NULL) AS "hasTerms",
  coalesce((SELECT json_agg(json_build_object('from', s.suspended_at, 'until', s.resumed_at, 'by', s.suspended_by)
                     ORDER BY s.suspended_at)
              FROM agreement_suspensions s WHERE s.agreement_id = a.id), '[]') AS suspensions,
  json_build_object('id', pa.id, 'code', pa.code) AS "partyA",
  json_build_object('id', pb.id, 'code', pb.code) AS "partyB"`;

export const AGREEMENT_TABLES = `
  agreements a
  JOIN providers pa ON pa.id = a.party_a_id
  JOIN providers pb ON pb.id = a.party_b_id`;
