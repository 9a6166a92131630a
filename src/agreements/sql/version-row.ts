/** A stored version; `document` is the canonical text that was hashed. */
export interface VersionRow {
  version: number;
  effectiveFrom: string;
  document: string;
  sha256: string;
  proposedBy: string;
  proposedAt: Date;
  inForceAt: Date | null;
  acceptedBy: string[];
}

/** Columns that make a {@link VersionRow}; expects `agreement_versions v`. */
export const VERSION_COLUMNS = `
  v.version, v.effective_from AS "effectiveFrom", v.document, v.sha256, v.proposed_at AS "proposedAt",
  v.in_force_at AS "inForceAt",
  (SELECT p.code FROM providers p WHERE p.id = v.proposed_by) AS "proposedBy",
  ARRAY(SELECT p.code
          FROM agreement_acceptances c JOIN providers p ON p.id = c.provider_id
         WHERE c.agreement_id = v.agreement_id AND c.version = v.version
         ORDER BY c.accepted_at, p.code) AS "acceptedBy"`;
