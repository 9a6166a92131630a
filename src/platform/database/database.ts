import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writable } from 'node:stream';
import type { Client, PoolClient } from 'pg';
import { from } from 'pg-copy-streams';
import type { DataSource } from 'typeorm';
import { actFor, currentTenant, type Tenant } from './tenant.js';
import { settingsOf } from './tenant-settings.js';

/** Something that runs SQL: a transaction, or the pool for a single statement. */
export interface Queryable {
  /**
   * Rows of one statement, run for the current tenant. `bigint` and `numeric` arrive as strings, `timestamptz` as
   * Date. One with a name is parsed and planned once a connection: for what runs all the time and has one good plan.
   */
  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]>;
}

/** An open transaction. */
export interface Transaction extends Queryable {
  /**
   * Has `work` done right before the commit, when all else is: for a row that many transactions wait for, which
   * is so held for no longer than the commit takes. It is done in the order in which it was asked for.
   */
  beforeCommit(work: () => void | Promise<void>): void;

  /**
   * Runs `work`. Where it throws, what it did is undone, and what it wanted done before the commit dropped; the
   * transaction goes on, and the error is thrown on.
   */
  attempt<T>(work: () => Promise<T>): Promise<T>;

  /** Where to write the data of a `COPY ... FROM STDIN`. */
  copyIn(statement: string): Writable;
}

type Isolation = 'READ COMMITTED' | 'REPEATABLE READ';

/**
 * The service's door to PostgreSQL. A transaction opened while another one is open in the same
 * asynchronous context joins it, so an idempotent request and the service it calls commit together.
 * Every statement runs for a tenant, whom row level security holds it to.
 */
export class Database implements Queryable {
  private readonly ambient = new AsyncLocalStorage<OpenTransaction>();

  constructor(private readonly source: DataSource) {}

  /**
   * Runs `work` for a tenant, in the open transaction where there is one: its statements before and after go on
   * for whom they ran.
   */
  actFor<T>(tenant: Tenant, work: () => T): T {
    return actFor(tenant, work);
  }

  /**
   * Runs `work` for the same tenant in one agreement alone. It sees no more than before, and less of other
   * agreements; for reads of many rows, of which each is compared with every agreement that a provider has.
   */
  within<T>(agreementId: string, work: () => T): T {
    const tenant = currentTenant();
    if (tenant.kind !== 'provider') return work();
    return actFor({ kind: 'party', providerId: tenant.providerId, agreementId }, work);
  }

  async query<Row>(text: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
    return this.transaction((tx) => tx.query<Row>(text, values, name));
  }

  /** Runs `work` in the open transaction, or in a new one that commits when `work` resolves. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const open = this.ambient.getStore();
    return open ? work(open) : this.begin('READ COMMITTED', work);
  }

  /** A transaction for a tenant. */
  async transactionFor<T>(tenant: Tenant, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.actFor(tenant, () => this.transaction(work));
  }

  /** One consistent snapshot for several reads. */
  async snapshot<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const open = this.ambient.getStore();
    return open ? work(open) : this.begin('REPEATABLE READ', work);
  }

  /** Runs `work` outside of whatever transaction is open here: it commits at once, and for good. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.ambient.exit(work);
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  private async begin<T>(isolation: Isolation, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const tenant = currentTenant();
    const runner = this.source.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const tx = new OpenTransaction(client);
      try {
        await tx.begin(isolation, tenant);
        const result = await this.ambient.run(tx, async () => {
          const done = await work(tx);
          await tx.finish();
          return done;
        });
        await tx.commit();
        return result;
      } catch (error) {
        await tx.rollback();
        throw error;
      }
    } finally {
      await runner.release();
    }
  }
}

/** A pool of its own for batches: streams that last never take a connection that a read or a close needs. */
export class StreamDatabase extends Database {}

/** A transaction on one connection. It is made to act for the tenant of each statement just before that. */
class OpenTransaction implements Transaction {
  private settings = '';
  private attempts = 0;
  private readonly last: (() => void | Promise<void>)[] = [];

  constructor(private readonly client: PoolClient) {}

  async begin(isolation: Isolation, tenant: Tenant): Promise<void> {
    this.settings = settingsOf(tenant);
    await this.client.query(`BEGIN ISOLATION LEVEL ${isolation}; ${this.settings}`);
  }

  async query<Row>(text: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
    this.follow(currentTenant());
    const statement = { text, values: values as unknown[], ...(name !== undefined && { name }) };
    return (await this.client.query(statement)).rows as Row[];
  }

  copyIn(statement: string): Writable {
    this.follow(currentTenant());
    return this.client.query(from(statement));
  }

  beforeCommit(work: () => void | Promise<void>): void {
    this.last.push(work);
  }

  /** Does what was to be done before the commit, and what that asks for in turn. */
  async finish(): Promise<void> {
    for (const work of this.last) await work();
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const savepoint = `attempt_${(this.attempts += 1)}`;
    const { settings } = this;
    const kept = this.last.length;
    await this.client.query(`SAVEPOINT ${savepoint}`);
    try {
      const result = await work();
      await this.client.query(`RELEASE SAVEPOINT ${savepoint}`);
      return result;
    } catch (error) {
      // A lost connection cannot go back; the first error is what matters. Settings go back with the rest.
      await this.client.query(`ROLLBACK TO SAVEPOINT ${savepoint}`).catch(() => undefined);
      this.settings = settings;
      this.last.length = kept;
      throw error;
    }
  }

  async commit(): Promise<void> {
    const { command } = await this.client.query('COMMIT');
    // What PostgreSQL answers where a statement had failed, though nobody threw.
    if (command !== 'COMMIT') throw new Error('A statement of the transaction failed, so nothing is stored.');
  }

  /** A connection that cannot roll back is not used again: it might still act for somebody. */
  async rollback(): Promise<void> {
    await this.client.query('ROLLBACK').catch(() => {
      void (this.client as unknown as Client).end().catch(() => undefined);
    });
  }

  /**
   * Queued just before the statement that it is for, so that no other one comes in between. It is not waited for:
   * where it fails, so does that statement, in a transaction that has failed.
   */
  private follow(tenant: Tenant): void {
    const settings = settingsOf(tenant);
    if (settings === this.settings) return;
    this.settings = settings;
    this.client.query(settings).catch(() => undefined);
  }
}
