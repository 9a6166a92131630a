import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { pseudonymOf, type CustomerKey } from '../../../src/traffic/rules/pseudonym.js';
import { Pseudonyms } from '../../../src/traffic/intake/pseudonyms.js';
import { openKey, sealKey } from '../../../src/traffic/customer-keys.js';
import { recordOfRow } from '../../../src/traffic/intake/record-rows.js';
import { InProcessBatch, intakePlan, rowsIn } from '../../support/intake.js';

const key = (version: number, fill = version): CustomerKey => ({
  version,
  key: new Uint8Array(32).fill(fill),
});

describe('a pseudonym', () => {
  it('is the first half of HMAC-SHA-256 behind the version of the key', () => {
    const mac = createHmac('sha256', Buffer.alloc(32, 7)).update('shop-17').digest();
    expect(pseudonymOf(key(3, 7), 'shop-17')).toBe(`cust3_${mac.subarray(0, 16).toString('base64url')}`);
  });

  it('differs between customers, keys and versions, and is the same for the same', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 128 }),
        fc.string({ minLength: 1, maxLength: 128 }),
        (a, b) => {
          expect(pseudonymOf(key(1), a) === pseudonymOf(key(1), b)).toBe(a === b);
          expect(pseudonymOf(key(1), a)).not.toBe(pseudonymOf(key(1, 9), a));
          expect(pseudonymOf(key(1), a)).not.toBe(pseudonymOf(key(2, 1), a));
          expect(pseudonymOf(key(1), a)).toMatch(/^cust1_[A-Za-z0-9_-]{22}$/);
        },
      ),
    );
  });
});

describe('a sealed key', () => {
  const secret = 'ab'.repeat(32);
  const other = 'cd'.repeat(32);
  it('opens with the secret and for its owner alone', () => {
    const sealed = sealKey(secret, 'p/1', Buffer.alloc(32, 5));
    const opened = { key: new Uint8Array(32).fill(5), isSealedWithFirst: true };
    expect(openKey([secret], 'p/1', sealed)).toEqual(opened);
    expect(sealed.includes(Buffer.alloc(32, 5))).toBe(false);
    expect(openKey([other], 'p/1', sealed)).toBeNull();
    expect(openKey([], 'p/1', sealed)).toBeNull();
    expect(openKey([secret], 'p/2', sealed)).toBeNull();
    expect(sealKey(secret, 'p/1', Buffer.alloc(32, 5))).not.toEqual(sealed);
  });

  it('opens with any of several secrets, and tells whether that was the first', () => {
    const sealed = sealKey(secret, 'p/1', Buffer.alloc(32, 5));
    expect(openKey([other, secret], 'p/1', sealed)).toMatchObject({ isSealedWithFirst: false });
    expect(openKey([secret, other], 'p/1', sealed)).toMatchObject({ isSealedWithFirst: true });
    expect(openKey([other, 'ef'.repeat(32)], 'p/1', sealed)).toBeNull();
  });
});

describe('Pseudonyms', () => {
  const record = (customer: string | null) => ({
    ...{ id: 'r', revision: 0, direction: 'egress' as const, start: 0, end: 1000, bytes: 1n, void: false },
    ...{ sourceRegion: null, destinationRegion: null, service: null, customer, chargedUnitPrice: null },
  });

  it('tell whether a stored customer is the incoming one, however it was stored', () => {
    const pseudonyms = new Pseudonyms([key(1), key(2)]);
    const incoming = pseudonyms.replaced(record('shop'));
    expect(incoming.customer).toBe(pseudonymOf(key(2), 'shop'));
    const customer = (stored: string | null, reference: string | null = null) =>
      pseudonyms.alike(record(stored), reference, incoming).customer;
    expect(customer('shop')).toBe(incoming.customer);
    expect(customer(pseudonymOf(key(1), 'shop'))).toBe(incoming.customer);
    expect(customer(pseudonymOf(key(2), 'shop'))).toBe(incoming.customer);
    expect(customer('cust0_of-a-destroyed-key', 'shop')).toBe(incoming.customer);
    expect(customer('cust0_of-a-destroyed-key')).toBe('cust0_of-a-destroyed-key');
    expect(customer('other')).toBe('other');
    expect(customer(pseudonymOf(key(1), 'other'))).toBe(pseudonymOf(key(1), 'other'));
    expect(customer(null)).toBeNull();
  });

  it('remember what they stand for while more customers come than are kept at hand', () => {
    const pseudonyms = new Pseudonyms([key(1)]);
    for (let n = 0; n < 130_000; n += 1) {
      const { customer } = pseudonyms.replaced(record(`c${n}`));
      if (n % 1000 === 0) expect(pseudonyms.referenceOf(customer!)).toBe(`c${n}`);
    }
  });

  it.each(['ndjson', 'json', 'csv'] as const)(
    'stand in the rows of a batch of %s, plain and not',
    (format) => {
      const rows = [
        ['a', 'shop-1', 'zrh'],
        ['b', 'shöp "2"', ''],
        ['c', '', 'x'],
        ['d', 'shop-1', 'zrh'],
      ] as const;
      const start = '2026-10-01T00:00:00Z';
      const end = '2026-10-01T01:00:00Z';
      const records = rows.map(([id, customer]) => ({
        ...{ id, direction: 'egress', start, end, bytes: '5' },
        ...(customer && { customer }),
      }));
      const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const body = {
        ndjson: records.map((each) => JSON.stringify(each)).join('\n'),
        json: JSON.stringify({ records }),
        csv: [
          'id,customer,direction,start,end,bytes',
          ...rows.map(([id, customer]) => `${id},${customer && quoted(customer)},egress,${start},${end},5`),
        ].join('\n'),
      }[format];
      const batch = new InProcessBatch(intakePlan({ format, customerKeys: [key(1)] }));
      batch.push(Buffer.from(body));
      batch.end();
      const stored: Buffer[] = [];
      for (let chunk = batch.chunks.shift(); chunk; chunk = batch.chunks.shift()) {
        stored.push(...rowsIn(chunk.rows));
        batch.stored(chunk.rows);
      }
      expect(batch.result!.counts).toMatchObject({ received: 4, created: 4 });
      expect(stored.map((row) => recordOfRow(row).customer).sort()).toEqual(
        [
          pseudonymOf(key(1), 'shop-1'),
          pseudonymOf(key(1), 'shop-1'),
          pseudonymOf(key(1), 'shöp "2"'),
          null,
        ].sort(),
      );
      expect(stored.map((row) => recordOfRow(row).id).sort()).toEqual(['a', 'b', 'c', 'd']);
      expect(new Map(batch.customers)).toEqual(
        new Map([
          [pseudonymOf(key(1), 'shop-1'), 'shop-1'],
          [pseudonymOf(key(1), 'shöp "2"'), 'shöp "2"'],
        ]),
      );
    },
  );
});
