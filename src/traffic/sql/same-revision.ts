/**
 * Whether a stored revision is that of a row of `incoming_records`, in all content and not by a hash; expects
 * `traffic_records r` and `incoming_records i` with the same key. What is never null is compared in this way, too:
 * a hash join would otherwise make all of it part of its hash.
 */
export const IS_SAME_REVISION = `
  r.record_id IS NOT DISTINCT FROM i.record_id AND r.revision IS NOT DISTINCT FROM i.revision
  AND r.bytes IS NOT DISTINCT FROM i.bytes AND r.starts_at IS NOT DISTINCT FROM i.starts_at
  AND r.ends_at IS NOT DISTINCT FROM i.ends_at AND r.direction IS NOT DISTINCT FROM i.direction
  AND r.void IS NOT DISTINCT FROM i.void AND r.source_region IS NOT DISTINCT FROM i.source_region
  AND r.destination_region IS NOT DISTINCT FROM i.destination_region
  AND r.service IS NOT DISTINCT FROM i.service AND r.customer IS NOT DISTINCT FROM i.customer
  AND r.charged_unit_price IS NOT DISTINCT FROM i.charged_unit_price`;
