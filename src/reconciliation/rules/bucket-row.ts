import type { FlowDirection } from '../../agreements/index.js';
import { bucketEndAt, bucketIndexAt, type BucketGrid } from '../../period/index.js';
import type { BucketStatus, ComparedBucket } from './compare-bucket.js';

/** A compared bucket as PostgreSQL gives it. */
export interface BucketRow {
  direction: FlowDirection;
  bucketStart: Date;
  sourceRegion: string;
  destinationRegion: string;
  service: string;
  senderBytes: string | null;
  receiverBytes: string | null;
  agreedBytes: string | null;
  settledBytes: string;
  discrepancyBytes: string;
  status: BucketStatus;
}

/** A row as the rules know it, with its place in the period's grid. */
export function toBucket(row: BucketRow, grid: BucketGrid): ComparedBucket {
  const start = row.bucketStart.getTime();
  const index = bucketIndexAt(grid, start);
  const { direction, sourceRegion, destinationRegion, service, status } = row;
  return {
    direction,
    start,
    end: bucketEndAt(grid, index),
    index,
    scope: { sourceRegion, destinationRegion, service },
    senderBytes: bytesOf(row.senderBytes),
    receiverBytes: bytesOf(row.receiverBytes),
    ...(row.agreedBytes !== null && { agreedBytes: BigInt(row.agreedBytes) }),
    settledBytes: BigInt(row.settledBytes),
    discrepancyBytes: BigInt(row.discrepancyBytes),
    status,
  };
}

function bytesOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
