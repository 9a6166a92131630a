import { AsyncLocalStorage } from 'node:async_hooks';
import type { PoolClient } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';

/** Something that runs SQL: a transaction, or the pool for a single statement. */
export interface Queryable {
  /**
   * Rows of one statement. `bigint` and `numeric` arrive as strings, `timestamptz` as Date. One with a name is
   * parsed and planned once a connection: for what runs all the time and has one good plan.
   */
  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]>;
}

/** An open transaction. */
export interface Transaction extends Queryable {
  /** The underlying pg client, for `COPY` and cursors inside this transaction. */
  readonly client: PoolClient;

  /**
   * Has `work` done right before the commit, when all else is: for a row that many transactions wait for, which
   * is so held for no longer than the commit takes. It is done in the order in which it was asked for.
   */
  beforeCommit(work: () => void | Promise<void>): void;

  /**
   * Marks this point, and gives the way back to it: going back undoes what was written since, and drops what was
   * to be done before the commit. Points do not nest.
   */
  savepoint(): Promise<() => Promise<void>>;
}

type Isolation = 'READ COMMITTED' | 'REPEATABLE READ';

/**
 * The service's door to PostgreSQL. A transaction opened while another one is open in the same
 * asynchronous context joins it, so an idempotent request and the service it calls commit together.
 */
export class Database implements Queryable {
  private readonly ambient = new AsyncLocalStorage<Transaction>();

  constructor(private readonly source: DataSource) {}

  async query<Row>(text: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
    const open = this.ambient.getStore();
    if (open) return open.query<Row>(text, values, name);
    const runner = this.source.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      return await run<Row>(client, text, values, name);
    } finally {
      await runner.release();
    }
  }

  /** Runs `work` in the open transaction, or in a new one that commits when `work` resolves. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const open = this.ambient.getStore();
    return open ? work(open) : this.begin('READ COMMITTED', work);
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
    const runner = this.source.createQueryRunner();
    try {
      const tx = await openTransaction(runner, isolation);
      const result = await this.ambient.run(tx, async () => {
        const done = await work(tx);
        await tx.finish();
        return done;
      });
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // A lost connection cannot roll back; the server does it, and the first error is what matters.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** A pool of its own for batches: streams that last never take a connection that a read or a close needs. */
export class StreamDatabase extends Database {}

/** A transaction for whoever opened it, who alone ends it. */
interface OpenTransaction extends Transaction {
  /** Does what was to be done before the commit. */
  finish(): Promise<void>;
}

async function openTransaction(runner: QueryRunner, isolation: Isolation): Promise<OpenTransaction> {
  const client = (await runner.connect()) as PoolClient;
  await runner.startTransaction(isolation);
  const last: (() => void | Promise<void>)[] = [];
  return {
    client,
    query: async <Row>(text: string, values: readonly unknown[] = [], name?: string) =>
      run<Row>(client, text, values, name),
    beforeCommit: (work) => void last.push(work),
    savepoint: async () => {
      const kept = last.length;
      await client.query('SAVEPOINT marked');
      return async () => {
        await client.query('ROLLBACK TO SAVEPOINT marked');
        last.length = kept;
      };
    },
    finish: async () => {
      for (const work of last) await work();
    },
  };
}

async function run<Row>(
  client: PoolClient,
  text: string,
  values: readonly unknown[],
  name: string | undefined,
): Promise<Row[]> {
  const statement = { text, values: values as unknown[], ...(name !== undefined && { name }) };
  return (await client.query(statement)).rows as Row[];
}
