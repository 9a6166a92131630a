import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/index.js';
import { faultInStatement, type StatementProof } from './rules/statement-faults.js';
import { listStatementProofs } from './sql/list-statement-proofs.js';

const STATEMENTS_A_PAGE = 50;

/** Checks issued statements: their hashes, the chain of them, their balances, and what the books hold of them. */
@Injectable()
export class StatementIntegrityService {
  constructor(private readonly database: Database) {}

  /** Looks through an agreement's statements and names the first thing that is wrong. */
  async verify(agreementId: string): Promise<{ statements: number; problem: string | null }> {
    return this.database.snapshot(async (tx) => {
      let previous: { sequence: number; sha256: string | null } = { sequence: 0, sha256: null };
      for (;;) {
        const page: StatementProof[] = await listStatementProofs(
          tx,
          agreementId,
          previous.sequence,
          STATEMENTS_A_PAGE,
        );
        for (const statement of page) {
          const problem = faultInStatement(statement, previous);
          if (problem) return { statements: previous.sequence, problem };
          previous = statement;
        }
        if (page.length < STATEMENTS_A_PAGE) return { statements: previous.sequence, problem: null };
      }
    });
  }
}
