import { Injectable } from '@nestjs/common';
import type { Caller, ProviderCaller } from '../access/index.js';
import {
  agreementProblems,
  AgreementsService,
  bothParties,
  lockClock,
  sideOf,
  type Agreement,
  type Side,
} from '../agreements/index.js';
import { formatAmount, parseAmount } from '../money/index.js';
import type { Instant } from '../period/index.js';
import { Database, type Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { ReconciliationService, reconciliationProblems } from '../reconciliation/index.js';
import {
  CompositionService,
  settlementProblems,
  StatementLifeService,
  StatementsService,
  type Statement,
  type StatementDocument,
} from '../settlement/index.js';
import { DisputeRecord } from './dispute-record.service.js';
import { onRecord, type DisputeOnRecord } from './disputes.service.js';
import { disputeProblems } from './disputes.errors.js';
import { lapseOf, ProposalService } from './proposal.service.js';
import { bucketStake, type IssuedCharge } from './rules/bucket-claim.js';
import { amountIn, mistakesInEvidence, type Mistake } from './rules/check-proposal.js';
import { bucketOf, type BucketReference, type Evidence } from './rules/evidence.js';
import { amountForBytes, contestedAmount } from './rules/line-claim.js';
import type { DisputeReason } from './rules/dispute-reason.js';
import { findDispute } from './sql/find-dispute.js';
import { findOpenDispute } from './sql/find-open-dispute.js';
import { insertDispute, type NewDispute } from './sql/insert-dispute.js';
import { insertDisputedLines, type DisputedLine } from './sql/insert-disputed-lines.js';

/** What a party disputes: a line of a statement, or the two sides' bytes of a bucket. */
export type DisputeSubject =
  | { kind: 'line'; statementId: string; lineId: string }
  | { kind: 'bucket'; agreement: string; period: string; bucket: BucketReference };

export interface DisputeInput {
  subject: DisputeSubject;
  reason: DisputeReason;
  /** What is claimed to be right: bytes, or an amount in major units. */
  claim: { bytes: bigint } | { amount: string };
  evidence: Evidence;
}

/** What a claim comes to: the stored dispute but for who, when and why. */
type Claimed = Omit<NewDispute, 'agreementId' | 'id' | 'reason' | 'raisedBy' | 'raisedAt' | 'lapsesAt'>;

const NO_BUCKET = {
  bucketStart: null,
  sourceRegion: null,
  destinationRegion: null,
  service: null,
} as const;

/** Raises disputes: finds out what is disputed and in money, and withholds what was charged of it. */
@Injectable()
export class RaisingService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly composition: CompositionService,
    private readonly life: StatementLifeService,
    private readonly proposals: ProposalService,
    private readonly reconciliation: ReconciliationService,
    private readonly record: DisputeRecord,
    private readonly statements: StatementsService,
  ) {}

  /**
   * Raises a dispute as one of the parties. Throws where the statement cannot be disputed any more, the
   * claim makes no sense or is too small, or the party disputes the same already.
   */
  async raise(caller: Caller, input: DisputeInput, now: Instant): Promise<DisputeOnRecord> {
    const { subject } = input;
    const agreement =
      subject.kind === 'bucket'
        ? await this.agreements.find(caller, subject.agreement)
        : await this.agreementOf(await this.statements.find(caller, subject.statementId));
    if (caller.kind !== 'provider') {
      throw agreementProblems.not_a_party('Only the parties, each with its own key, raise disputes.');
    }
    // What it withholds is posted in both books.
    return this.database.transactionFor(bothParties(agreement), async (tx) => {
      await lockClock(tx, agreement.id);
      const { claimed, lines } =
        subject.kind === 'line'
          ? await this.claimLine(caller, agreement, subject, input)
          : await this.claimBucket(tx, agreement, subject, input);
      const id = await this.store(tx, agreement, caller, { claimed, lines, input, now });
      return onRecord(tx, (await findDispute(tx, id, null))!);
    });
  }

  private async agreementOf({ agreementId }: Statement): Promise<Agreement> {
    return this.agreements.findById(this.database, agreementId);
  }

  private async claimLine(
    caller: ProviderCaller,
    agreement: Agreement,
    { statementId, lineId }: Extract<DisputeSubject, { kind: 'line' }>,
    { claim }: DisputeInput,
  ): Promise<{ claimed: Claimed; lines: DisputedLine[] }> {
    const statement = await this.statements.find(caller, statementId);
    const document = JSON.parse(statement.document) as StatementDocument;
    const line = document.lines[statement.lineIds.indexOf(lineId)];
    if (!line) throw settlementProblems.line_not_found('The statement has no such line.');
    const charged = parseAmount(line.amount, agreement.currency);
    const amount =
      'bytes' in claim
        ? amountForBytes({ ...line, amount: charged }, claim.bytes, agreement.currency)
        : amountIn(claim.amount, agreement.currency);
    if (amount === null) throw invalidClaim('bytes' in claim, agreement.currency);
    const payer: Side = line.payer === agreement.partyA.code ? 'A' : 'B';
    const contested = contestedAmount(charged, amount);
    return {
      claimed: {
        ...NO_BUCKET,
        period: line.originalPeriod ?? statement.period,
        statementId,
        lineId,
        direction: line.direction,
        payer,
        claimedBytes: 'bytes' in claim ? claim.bytes : null,
        claimedAmount: amount,
        disputedAmount: amount - charged,
      },
      lines: contested === 0n ? [] : [{ lineId, payer, charged, amount: contested }],
    };
  }

  private async claimBucket(
    tx: Transaction,
    agreement: Agreement,
    { period, bucket: reference }: Extract<DisputeSubject, { kind: 'bucket' }>,
    { claim }: DisputeInput,
  ): Promise<{ claimed: Claimed; lines: DisputedLine[] }> {
    if (!('bytes' in claim)) {
      const detail = 'claim bytes: what a bucket costs follows from the whole period';
      throw invalidDispute([{ pointer: '/claimedAmount', detail }]);
    }
    const { version, rules, grid } = await this.proposals.termsOf(tx, agreement, period);
    const key = bucketOf(reference, { rules, grid });
    if ('pointer' in key) throw invalidDispute([{ ...key, pointer: `/bucket${key.pointer}` }]);
    const of = { agreementId: agreement.id, period };
    const [bucket] = await this.reconciliation.find(tx, of, [key], grid);
    if (!bucket || bucket.status === 'exact' || bucket.status === 'within_tolerance') {
      throw disputeProblems.no_discrepancy(
        'Both sides reported the same, within tolerance, or neither did; dispute a line of the statement instead.',
      );
    }
    if (bucket.agreedBytes !== undefined) {
      throw reconciliationProblems.bucket_agreed(
        'The parties have agreed on the bytes of this bucket before; that holds for good.',
      );
    }
    if (bucket.settledBytes === claim.bytes) {
      throw disputeProblems.nothing_disputed(`${claim.bytes} bytes are what the bucket is settled with.`);
    }
    const statement = await this.statements.ofPeriod(tx, agreement.id, period);
    const { terms } = version;
    const settled = await this.reconciliation.settled(tx, agreement, period);
    const usage = await this.composition.usage(tx, agreement, period, settled, terms);
    const { payer, change, contested } = bucketStake(
      { usage, terms, currency: agreement.currency },
      { bucket, bytes: claim.bytes },
      statement ? chargesOf(statement, agreement) : [],
    );
    return {
      claimed: {
        period,
        statementId: statement?.id ?? null,
        lineId: null,
        direction: key.direction,
        bucketStart: new Date(key.start),
        ...key.scope,
        payer,
        claimedBytes: claim.bytes,
        claimedAmount: null,
        disputedAmount: change,
      },
      lines: contested,
    };
  }

  private async store(
    tx: Transaction,
    agreement: Agreement,
    caller: ProviderCaller,
    {
      claimed,
      lines,
      input,
      now,
    }: { claimed: Claimed; lines: DisputedLine[]; input: DisputeInput; now: Instant },
  ): Promise<string> {
    const terms = await this.proposals.termsOf(tx, agreement, claimed.period);
    const mistakes = mistakesInEvidence(input.evidence, terms);
    if (mistakes.length > 0) throw invalidDispute(mistakes);
    refuseSmall(claimed, terms.version.terms.minimumDisputeAmount, agreement.currency);
    const id = newId();
    const raised = {
      kind: 'raise' as const,
      by: { providerId: caller.providerId, keyId: caller.keyId },
      at: now,
      fromState: null,
      toState: 'raised' as const,
      evidence: input.evidence,
      resolution: null,
    };
    const step = this.record.log(tx, agreement, id, raised, {
      after: {
        ...{ state: 'raised', reason: input.reason, period: claimed.period },
        ...{ statement: claimed.statementId, line: claimed.lineId },
      },
    });
    if (claimed.statementId !== null) {
      const by = sideOf(agreement, caller.providerId)!;
      const statement = { agreementId: agreement.id, id: claimed.statementId };
      await this.life.take(tx, statement, { step: { kind: 'dispute', by }, at: now });
    }
    const dispute: NewDispute = {
      ...claimed,
      agreementId: agreement.id,
      id,
      reason: input.reason,
      raisedBy: caller.providerId,
      raisedAt: new Date(now),
      lapsesAt: new Date(lapseOf(terms, agreement, now)),
    };
    const existing = await findOpenDispute(tx, dispute);
    if (existing) {
      throw disputeProblems.already_disputed(
        `Dispute ${existing.id} is about the same; propose or withdraw there.`,
      );
    }
    const lineIds = lines.map(({ lineId }) => lineId);
    await this.record.put(tx, agreement, { id: dispute.id, lineIds }, step, async () => {
      await insertDispute(tx, dispute);
      await insertDisputedLines(tx, dispute, lines);
    });
    return dispute.id;
  }
}

/** The lines that a statement charges. */
function chargesOf({ document, lineIds }: Statement, { partyA, currency }: Agreement): IssuedCharge[] {
  const { lines } = JSON.parse(document) as StatementDocument;
  return lines.map(({ kind, direction, tier, payer, amount }, index) => ({
    lineId: lineIds[index]!,
    kind,
    direction,
    tier,
    payer: payer === partyA.code ? 'A' : 'B',
    amount: parseAmount(amount, currency),
  }));
}

function refuseSmall({ lineId, disputedAmount }: Claimed, minimum: string, currency: string): void {
  if (lineId !== null && disputedAmount === 0n) {
    throw disputeProblems.nothing_disputed('The claim is what the line says.');
  }
  const size = disputedAmount < 0n ? -disputedAmount : disputedAmount;
  const least = parseAmount(minimum, currency);
  if (size >= least) return;
  throw disputeProblems.dispute_below_minimum(
    `${formatAmount(size, currency)} ${currency} are disputed; the agreement takes disputes of ` +
      `${formatAmount(least, currency)} ${currency} and more.`,
  );
}

function invalidClaim(ofBytes: boolean, currency: string): Error {
  return invalidDispute([
    ofBytes
      ? { pointer: '/claimedBytes', detail: 'claim an amount: this line is not priced by bytes of its own' }
      : {
          pointer: '/claimedAmount',
          detail: `use an amount of ${currency}, such as ${formatAmount(100n, currency)}`,
        },
  ]);
}

function invalidDispute(mistakes: readonly Mistake[]): Error {
  return disputeProblems.invalid_dispute('The dispute makes no sense; see errors.', {
    errors: mistakes.map((mistake) => ({ ...mistake, code: 'invalid_dispute' })),
  });
}
