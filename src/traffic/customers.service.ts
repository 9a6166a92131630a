import { Injectable } from '@nestjs/common';
import { AuditService, type Caller } from '../access/index.js';
import { advanceTermsEpoch, agreementProblems, AgreementsService, lockClock } from '../agreements/index.js';
import { Config, listOf } from '../platform/config/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import { ProvidersService, type Provider } from '../providers/index.js';
import { newCustomerKey, openKey, ownerOf, sealKey } from './customer-keys.js';
import type { CustomerKey } from './rules/pseudonym.js';
import { deleteCustomerReferences } from './sql/delete-customer-references.js';
import { destroyCustomerKey } from './sql/destroy-customer-key.js';
import { insertCustomerKey } from './sql/insert-customer-key.js';
import { insertCustomerReferences } from './sql/insert-customer-references.js';
import { listCustomerKeys, type CustomerKeyRow } from './sql/list-customer-keys.js';
import { listCustomerReferences } from './sql/list-customer-references.js';
import { listPseudonyms } from './sql/list-pseudonyms.js';
import { lockCustomerKeys } from './sql/lock-customer-keys.js';
import { trafficProblems } from './traffic.errors.js';

const CACHED_MAX = 10_000;

/**
 * Pseudonyms in the place of customers' references: a provider's keys, what its pseudonyms stand for, and the end of
 * that. With the first key they are switched on, for good.
 */
@Injectable()
export class CustomersService {
  /** By agreement and reporter; the epoch moves on whenever keys change. */
  private readonly keysAt = new Map<string, { termsEpoch: bigint; keys: CustomerKey[] }>();

  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly providers: ProvidersService,
  ) {}

  /** Adds the next version of a provider's key; from now on records get pseudonyms of it. */
  async addKey(code: string, caller: Caller): Promise<CustomerKeyRow> {
    const provider = await this.requireReporter(code, caller);
    const [secret] = listOf(this.config.CUSTOMER_KEY_SECRET);
    if (!secret) {
      throw trafficProblems.customers_not_pseudonymous(
        'The service has no secret to seal keys with, so pseudonyms cannot be switched on; its operator sets it.',
      );
    }
    return this.database.transaction(async (tx) => {
      await lockCustomerKeys(tx, provider.id);
      const version = ((await listCustomerKeys(tx, provider.id)).at(-1)?.version ?? 0) + 1;
      const sealed = sealKey(secret, ownerOf(provider.id, version), newCustomerKey());
      await insertCustomerKey(tx, { providerId: provider.id, version, sealed, createdAt: new Date() });
      await this.tellBatches(tx, provider.id);
      this.record(tx, provider, 'customer_key.create', version);
      return (await listCustomerKeys(tx, provider.id)).at(-1)!;
    });
  }

  /** Versions of a provider's key, oldest first, after one; for their dates. */
  async keys(code: string, caller: Caller, after: number, limit: number): Promise<CustomerKeyRow[]> {
    const { id } = await this.requireReporter(code, caller);
    return listCustomerKeys(this.database, id, after, limit);
  }

  /** Destroys an earlier version of a provider's key, so that nobody can compute its pseudonyms any more. */
  async destroyKey(code: string, caller: Caller, version: number): Promise<void> {
    const provider = await this.requireReporter(code, caller);
    await this.database.transaction(async (tx) => {
      await lockCustomerKeys(tx, provider.id);
      const keys = await listCustomerKeys(tx, provider.id);
      const key = keys.find((each) => each.version === version);
      if (!key) throw trafficProblems.customer_key_not_found('There is no such version of the key.');
      if (key === keys.at(-1)) {
        throw trafficProblems.customer_key_in_use(
          `Version ${version} makes the pseudonyms of today; make the next one first.`,
        );
      }
      if (key.destroyedAt) return;
      await destroyCustomerKey(tx, provider.id, version, new Date());
      this.keysAt.clear();
      await this.tellBatches(tx, provider.id);
      this.record(tx, provider, 'customer_key.destroy', version);
    });
  }

  /** Erases a customer: nothing says any more whom its pseudonyms stand for. Figures, hashes and proofs stay. */
  async erase(code: string, caller: Caller, reference: string): Promise<void> {
    const provider = await this.requireReporter(code, caller);
    await this.database.transaction(async (tx) => {
      if ((await listCustomerKeys(tx, provider.id)).length === 0) {
        throw trafficProblems.customers_not_pseudonymous(
          'Customers are kept as they were reported; POST customer-keys switches pseudonyms on, for what is reported then.',
        );
      }
      const erased = await deleteCustomerReferences(tx, provider.id, reference);
      if (erased === 0) return;
      this.audit.record(tx, {
        action: 'customer.erase',
        resource: { kind: 'provider', id: provider.code },
        parties: [provider],
        after: { pseudonyms: erased },
      });
    });
  }

  /** The keys that a reporter's batches are read with, the current one last; none where there are no pseudonyms. */
  async keysOf(
    tx: Transaction,
    { agreementId, reporterId, termsEpoch }: { agreementId: string; reporterId: string; termsEpoch: bigint },
  ): Promise<CustomerKey[]> {
    const cached = this.keysAt.get(`${agreementId} ${reporterId}`);
    if (cached?.termsEpoch === termsEpoch) return cached.keys;
    const keys = (await listCustomerKeys(tx, reporterId)).flatMap(({ version, sealed }) =>
      sealed ? [{ version, key: this.open(reporterId, version, sealed) }] : [],
    );
    if (this.keysAt.size >= CACHED_MAX) this.keysAt.clear();
    this.keysAt.set(`${agreementId} ${reporterId}`, { termsEpoch, keys });
    return keys;
  }

  /** Notes what pseudonyms made with a key stand for. */
  async note(
    tx: Transaction,
    providerId: string,
    { version }: CustomerKey,
    references: ReadonlyMap<string, string>,
  ): Promise<void> {
    if (references.size > 0) await insertCustomerReferences(tx, providerId, version, references);
  }

  /** Rows of a provider's own with the customers' references, where they stand for one that is not erased. */
  async named<Row extends { customer: string | null }>(
    db: Queryable,
    providerId: string,
    rows: readonly Row[],
  ): Promise<Row[]> {
    const customers = [...new Set(rows.flatMap(({ customer }) => (customer === null ? [] : [customer])))];
    if (customers.length === 0) return [...rows];
    const names = await listCustomerReferences(db, providerId, customers);
    return rows.map((row) => ({
      ...row,
      customer: row.customer === null ? null : (names.get(row.customer) ?? row.customer),
    }));
  }

  /** All that a provider's customer is stored as: its reference, and its pseudonyms. */
  async storedAs(db: Queryable, providerId: string, reference: string): Promise<string[]> {
    return [reference, ...(await listPseudonyms(db, providerId, reference))];
  }

  /** The provider itself; what concerns its customers is not for the operator. */
  private async requireReporter(code: string, caller: Caller): Promise<Provider> {
    const provider = await this.providers.requireOwn(code, caller);
    if (caller.kind === 'provider') return provider;
    throw agreementProblems.not_a_party(
      'Customers belong to the provider that reports them; use a key of that provider.',
    );
  }

  /** Batches under way began with other keys; they are told to come again. */
  private async tellBatches(tx: Transaction, providerId: string): Promise<void> {
    for (const id of await this.agreements.idsOf(tx, providerId)) {
      await lockClock(tx, id);
      await advanceTermsEpoch(tx, id);
    }
  }

  private record(tx: Transaction, { id, code }: Provider, action: string, version: number): void {
    this.audit.record(tx, {
      action,
      resource: { kind: 'customer_key', id: `${code}/${version}` },
      parties: [{ id, code }],
      after: { version },
    });
  }

  private open(providerId: string, version: number, sealed: Buffer): Uint8Array {
    const secrets = listOf(this.config.CUSTOMER_KEY_SECRET);
    const opened = openKey(secrets, ownerOf(providerId, version), sealed);
    if (opened) return opened.key;
    throw trafficProblems.customer_keys_unavailable(
      'The service has lost the secret that its keys are sealed with; its operator sets CUSTOMER_KEY_SECRET.',
    );
  }
}
