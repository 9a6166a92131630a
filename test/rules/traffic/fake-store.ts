import type { Transaction } from '../../../src/platform/database/index.js';
import type { RecordRow } from '../../../src/traffic/sql/record-row.js';

const COLUMNS = [
  'id',
  'revision',
  'direction',
  'start',
  'end',
  'bytes',
  'sourceRegion',
  'destinationRegion',
  'service',
  'customer',
  'chargedUnitPrice',
  'void',
] as const satisfies (keyof RecordRow)[];

/** The two statements that a batch runs, on a table in memory; as in PostgreSQL a row is there once. */
export class FakeStore {
  readonly rows: RecordRow[] = [];

  readonly tx: Transaction = {
    client: undefined as unknown as Transaction['client'],
    query: <Row>(text: string, values: readonly unknown[] = []) =>
      Promise.resolve(
        (text.trimStart().startsWith('INSERT') ? this.insert(values) : this.find(values)) as Row[],
      ),
  };

  private find([, , ids]: readonly unknown[]): RecordRow[] {
    return this.rows.filter(({ id }) => (ids as string[]).includes(id));
  }

  private insert([, , batchId, ...columns]: readonly unknown[]): [] {
    const lists = columns as unknown[][];
    lists[0]!.forEach((_, index) => {
      const row = Object.fromEntries(COLUMNS.map((name, at) => [name, lists[at]![index]]));
      const stored = { ...row, bytes: String(row['bytes']), batchId } as RecordRow;
      const taken = this.rows.some(({ id, revision }) => id === stored.id && revision === stored.revision);
      if (taken) throw new Error(`duplicate key: ${stored.id} ${stored.revision}`);
      this.rows.push(stored);
    });
    return [];
  }
}
