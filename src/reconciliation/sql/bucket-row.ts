/** Columns that make a `BucketRow`; expects `usage_buckets b`. */
export const BUCKET_COLUMNS = `
  b.direction, b.bucket_start AS "bucketStart", b.source_region AS "sourceRegion",
  b.destination_region AS "destinationRegion", b.service,
  CASE WHEN b.sender_records > 0 THEN b.sender_bytes END AS "senderBytes",
  CASE WHEN b.receiver_records > 0 THEN b.receiver_bytes END AS "receiverBytes",
  b.agreed_bytes AS "agreedBytes", b.settled_bytes AS "settledBytes", b.discrepancy_bytes AS "discrepancyBytes",
  b.status`;
