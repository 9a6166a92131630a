import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgreementsService } from '../../agreements/index.js';
import { JobRunner } from '../../jobs/index.js';
import { StatementsService } from '../statements.service.js';
import { VERIFY_STATEMENT, VerificationService } from '../verification.service.js';

/** Verifies statements in the worker. */
@Injectable()
export class VerifyStatementJob implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly agreements: AgreementsService,
    private readonly statements: StatementsService,
    private readonly verification: VerificationService,
  ) {}

  onModuleInit(): void {
    this.runner.handle(VERIFY_STATEMENT, {
      actsFor: async (subject) => {
        const { statementId } = partsOf(subject);
        return this.agreements.tenantOf((await this.statements.get(statementId)).agreementId);
      },
      run: async (subject, report) => {
        const { statementId, viewerId } = partsOf(subject);
        await report(0, 1);
        return { ...(await this.verification.verify(statementId, viewerId)) };
      },
    });
  }
}

function partsOf(subject: string): { statementId: string; viewerId: string | null } {
  const [statementId, viewerId] = subject.split('/') as [string, string | undefined];
  return { statementId, viewerId: viewerId || null };
}
