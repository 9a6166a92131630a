import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/index.js';
import { faultInStatement, type EarlierStatement, type StatementProof } from './rules/statement-faults.js';
import { listStatementProofs } from './sql/list-statement-proofs.js';

const STATEMENTS_A_PAGE = 50;

/** Checks issued statements: their hashes, the chain of them, their balances, and what the books hold of them. */
@Injectable()
export class StatementIntegrityService {
  constructor(private readonly database: Database) {}

  /** Looks through an agreement's statements and names the first thing that is wrong. */
  async verify(agreementId: string): Promise<{ statements: number; problem: string | null }> {
    return this.database.snapshot(async (tx) => {
      const earlier: EarlierStatement[] = [];
      for (;;) {
        const page: StatementProof[] = await listStatementProofs(
          tx,
          agreementId,
          earlier.length,
          STATEMENTS_A_PAGE,
        );
        for (const statement of page) {
          const problem = faultInStatement(statement, earlier);
          if (problem) return { statements: earlier.length, problem };
          const { sequence, sha256, closingBalance, voidRecorded } = statement;
          earlier.push({ sequence, sha256, closingBalance, voidRecorded });
        }
        if (page.length < STATEMENTS_A_PAGE) return { statements: earlier.length, problem: null };
      }
    });
  }
}
