import { Injectable } from '@nestjs/common';
import type { Side } from '../agreements/index.js';
import type { StatementRow } from './sql/statement-row.js';

/** What open disputes keep back of what each party pays by a statement, in minor units with the charge's sign. */
export type Withheld = Record<Side, bigint>;

/** A statement as it stands, with what open disputes keep back of it. */
export interface StandingStatementRow extends StatementRow {
  withheld: Withheld;
}

/** Tells what open disputes keep back of each line of statements, by line id; a room above knows. */
export type WithheldSource = (
  statements: readonly Pick<StatementRow, 'agreementId' | 'lineIds'>[],
) => Promise<ReadonlyMap<string, { payer: Side; amount: bigint }>>;

/** Shows of statements what is in dispute. */
@Injectable()
export class WithheldService {
  private source: WithheldSource = () => Promise.resolve(new Map());

  /** Connects the room that knows disputes; without it nothing is withheld. */
  provide(source: WithheldSource): void {
    this.source = source;
  }

  async of(rows: readonly StatementRow[]): Promise<StandingStatementRow[]> {
    const byLine = await this.source(rows);
    return rows.map((row) => {
      const withheld = { A: 0n, B: 0n };
      for (const id of row.lineIds) {
        const part = byLine.get(id);
        if (part) withheld[part.payer] += part.amount;
      }
      return { ...row, withheld };
    });
  }

  async ofOne(row: StatementRow): Promise<StandingStatementRow> {
    return (await this.of([row]))[0]!;
  }
}
