import { pseudonymOf, type CustomerKey } from '../rules/pseudonym.js';
import type { TrafficRecord } from '../rules/traffic-record.js';
import { MEMBER, type ScannedRecord } from './scanned-record.js';
import { TextTable } from './text-table.js';

/** Customers whose pseudonyms are kept at hand; more than the chunks that wait for the database can have. */
const CUSTOMERS_MAX = 60_000;

/** A pseudonym as text and as the bytes of a row. */
interface Pseudonym {
  text: string;
  bytes: Uint8Array;
}

/** Puts pseudonyms in the place of customers, made once for each customer of a batch. */
export class Pseudonyms {
  private readonly current: CustomerKey;
  private customers = new TextTable();
  private pseudonyms: Pseudonym[] = [];
  /** What pseudonyms stand for: those of now, and those before the table was emptied. */
  private references = new Map<string, string>();
  private made = new Map<string, Pseudonym>();
  private earlier = new Map<string, string>();

  /** The keys of all versions that there are, the current one last. */
  constructor(private readonly keys: readonly CustomerKey[]) {
    this.current = keys.at(-1)!;
  }

  /** Replaces the customer of a scanned record. */
  replaceIn(record: ScannedRecord): void {
    const from = record.from[MEMBER.customer]!;
    if (from < 0) return;
    const number = this.customers.numberOf(record.source, from, record.to[MEMBER.customer]!);
    let pseudonym = this.pseudonyms[number];
    if (!pseudonym) {
      pseudonym = this.make(this.customers.texts[number]!);
      // Unless that began a new table, in which the number means another one.
      if (this.customers.size > number) this.pseudonyms[number] = pseudonym;
    }
    record.replaceText(MEMBER.customer, pseudonym.bytes);
  }

  /** The record with its customer replaced. */
  replaced(record: TrafficRecord): TrafficRecord {
    return record.customer === null ? record : { ...record, customer: this.make(record.customer).text };
  }

  /** What a pseudonym of this batch stands for; null for what is none. */
  referenceOf(customer: string): string | null {
    return this.references.get(customer) ?? this.earlier.get(customer) ?? null;
  }

  /**
   * The stored record as the incoming one would say it: with the incoming customer, where both mean the same one. It
   * may have been stored before there were pseudonyms, or under an earlier key; `reference` is what its pseudonym is
   * known to stand for, where that was not erased.
   */
  alike(stored: TrafficRecord, reference: string | null, incoming: TrafficRecord): TrafficRecord {
    const { customer } = stored;
    if (customer === null || incoming.customer === null || customer === incoming.customer) return stored;
    const plain = this.referenceOf(incoming.customer)!;
    const isSame =
      customer === plain ||
      reference === plain ||
      this.keys.some((key) => pseudonymOf(key, plain) === customer);
    return isSame ? { ...stored, customer: incoming.customer } : stored;
  }

  private make(reference: string): Pseudonym {
    const known = this.made.get(reference);
    if (known) return known;
    if (this.made.size > CUSTOMERS_MAX) this.begin();
    const text = pseudonymOf(this.current, reference);
    const made = { text, bytes: Uint8Array.from(Buffer.from(text, 'latin1')) };
    this.made.set(reference, made);
    this.references.set(text, reference);
    return made;
  }

  private begin(): void {
    this.customers = new TextTable();
    this.pseudonyms = [];
    this.earlier = this.references;
    this.references = new Map();
    this.made = new Map();
  }
}
