import type { FlowDirection } from '../../src/agreements/index.js';
import { formatAmount } from '../../src/money/index.js';
import { parseInstant } from '../../src/period/index.js';
import type { RatedLine } from '../../src/rating/index.js';
import { readRecord } from '../../src/traffic/rules/read-record.js';
import type { TrafficRecord } from '../../src/traffic/rules/traffic-record.js';

/** A line as a statement shows it, with sides for parties. */
export function shown(lines: readonly RatedLine[], currency: string): unknown[] {
  return lines.map((line) => ({
    ...line,
    bytes: line.bytes === null ? null : String(line.bytes),
    amount: formatAmount(line.amount, currency),
  }));
}

export function texts(bytes: Record<FlowDirection, bigint>): Record<FlowDirection, string> {
  return { aToB: String(bytes.aToB), bToA: String(bytes.bToA) };
}

export function at(text: string): number {
  return parseInstant(text)!;
}

export function record(members: object): TrafficRecord {
  const read = readRecord(members);
  if (Array.isArray(read)) throw new Error(JSON.stringify(read));
  return read;
}
