import { Injectable } from '@nestjs/common';
import { AgreementsService, type Agreement, type Side, type VersionInForce } from '../agreements/index.js';
import { bucketGrid, endOfLocalDayAfter, type BucketGrid, type Instant } from '../period/index.js';
import type { Queryable, Transaction } from '../platform/database/index.js';
import {
  bucketName,
  ReconciliationService,
  reconciliationProblems,
  type BucketKey,
} from '../reconciliation/index.js';
import type { DisputeOnRecord } from './disputes.service.js';
import { disputeProblems } from './disputes.errors.js';
import {
  mistakesInEvidence,
  readProposal,
  type Mistake,
  type ProposedResolution,
} from './rules/check-proposal.js';
import type { DisputeCommand } from './rules/dispute-state.js';
import type { Cut, Evidence } from './rules/evidence.js';

/** How a party would settle a dispute, and what speaks for it. */
export interface Proposal {
  resolution: ProposedResolution;
  evidence: Evidence;
}

/** A period's terms and how they cut it into buckets. */
export interface PeriodTerms extends Cut {
  version: VersionInForce;
  grid: BucketGrid;
}

/** How many times a dispute may be proposed to be settled: its record is read whole. */
const PROPOSALS_MAX = 100;

/** Reads what parties propose and submit, by the terms of the disputed period. */
@Injectable()
export class ProposalService {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly reconciliation: ReconciliationService,
  ) {}

  /** The proposal as a command. Throws `invalid_resolution` with everything that makes no sense. */
  async read(
    tx: Transaction,
    agreement: Agreement,
    { dispute, steps }: DisputeOnRecord,
    { resolution: proposed, evidence }: Proposal,
    { by, at }: { by: Side; at: Instant },
  ): Promise<{ command: DisputeCommand; evidence: Evidence }> {
    if (steps.filter(({ kind }) => kind === 'propose').length >= PROPOSALS_MAX) {
      throw disputeProblems.too_many_proposals(
        `A dispute takes ${PROPOSALS_MAX} proposals; consent to one, escalate the dispute, or withdraw it.`,
      );
    }
    const terms = await this.termsOf(tx, agreement, dispute.period);
    const read = readProposal(proposed, {
      cut: terms,
      currency: agreement.currency,
      disputed: BigInt(dispute.disputedAmount),
    });
    const mistakes = [...('mistakes' in read ? read.mistakes : []), ...mistakesInEvidence(evidence, terms)];
    if ('mistakes' in read || mistakes.length > 0) throw invalidResolution(mistakes);
    const { resolution } = read;
    if (resolution.kind === 'bytes') {
      const of = { agreementId: agreement.id, period: dispute.period };
      await this.refuseUnknown(tx, of, resolution.buckets, terms.grid);
    }
    const lapsesAt = lapseOf(terms, agreement, at);
    return { command: { kind: 'propose', by, at, resolution, lapsesAt }, evidence };
  }

  /** The terms that govern a period. */
  async termsOf(db: Queryable, agreement: Agreement, period: string): Promise<PeriodTerms> {
    const version = await this.agreements.versionFor(db, agreement, period);
    const rules = version.terms.reconciliation;
    return { version, rules, grid: bucketGrid(period, rules.bucket, agreement.timezone) };
  }

  /** Bytes are agreed on where somebody measured some, and once. */
  private async refuseUnknown(
    tx: Transaction,
    of: { agreementId: string; period: string },
    buckets: readonly BucketKey[],
    grid: BucketGrid,
  ): Promise<void> {
    const reported = await this.reconciliation.find(tx, of, buckets, grid);
    const known = new Map(reported.map((bucket) => [bucketName(bucket), bucket]));
    const found = buckets.map((bucket) => known.get(bucketName(bucket)));
    const mistakes = found.flatMap((bucket, index) => {
      const detail =
        'use a bucket that a party reported; what is missing on both sides is reported, not agreed on';
      return bucket ? [] : [{ pointer: `/resolution/buckets/${index}`, detail }];
    });
    if (mistakes.length > 0) throw invalidResolution(mistakes);
    if (found.every((bucket) => bucket!.agreedBytes === undefined)) return;
    throw reconciliationProblems.bucket_agreed(
      'The parties have agreed on the bytes of one of these buckets before; that holds for good.',
    );
  }
}

/** When a dispute in which somebody moves at an instant is time-barred, if nobody moves again. */
export function lapseOf({ version }: PeriodTerms, { timezone }: Agreement, at: Instant): Instant {
  return endOfLocalDayAfter(at, version.terms.days.disputeWindow, timezone);
}

function invalidResolution(mistakes: readonly Mistake[]): Error {
  return disputeProblems.invalid_resolution('The proposal makes no sense; see errors.', {
    errors: mistakes.map((mistake) => ({ ...mistake, code: 'invalid_resolution' })),
  });
}
