import { disputeProblems } from '../disputes.errors.js';
import type { Proposal } from '../proposal.service.js';
import type { DisputeInput as Raised, DisputeSubject } from '../raising.service.js';
import type { Mistake, ProposedResolution } from '../rules/check-proposal.js';
import { NO_EVIDENCE, type Evidence } from '../rules/evidence.js';
import { referenceOf, type DisputeInput, type EvidenceInput, type ProposalInput } from './disputes.dto.js';

/** What a body asks to raise. Throws `invalid_dispute` unless it names one subject and one claim. */
export function readDispute(input: DisputeInput): Raised {
  const { reason, claimedBytes, claimedAmount, evidence } = input;
  const subject = subjectOf(input);
  if ((claimedBytes ?? null) === null) {
    if ((claimedAmount ?? null) === null) {
      throw invalid({ pointer: '/claimedAmount', detail: 'claim an amount, or bytes as claimedBytes' });
    }
    return { subject, reason, claim: { amount: claimedAmount! }, evidence: evidenceOf(evidence) };
  }
  if ((claimedAmount ?? null) !== null) {
    throw invalid({ pointer: '/claimedAmount', detail: 'claim either an amount or bytes' });
  }
  return { subject, reason, claim: { bytes: BigInt(claimedBytes!) }, evidence: evidenceOf(evidence) };
}

export function readProposalInput({ resolution, evidence }: ProposalInput): Proposal {
  return { resolution: resolutionOf(resolution), evidence: evidenceOf(evidence) };
}

function subjectOf({ statement, line, agreement, period, bucket }: DisputeInput): DisputeSubject {
  const ofLine = statement ?? line;
  const ofBucket = agreement ?? period ?? bucket;
  if (ofLine && ofBucket) {
    throw invalid({
      pointer: '/bucket',
      detail: 'dispute either a line or a bucket; raise one dispute for each',
    });
  }
  if (statement && line) return { kind: 'line', statementId: statement, lineId: line };
  if (agreement && period && bucket) {
    return { kind: 'bucket', agreement, period, bucket: referenceOf(bucket) };
  }
  const missing = Object.entries(ofBucket ? { agreement, period, bucket } : { statement, line })
    .filter(([, value]) => !value)
    .map(([name]) => ({
      pointer: `/${name}`,
      detail: ofBucket
        ? 'name agreement, period and bucket'
        : 'name statement and line, or agreement, period and bucket',
    }));
  throw invalid(...missing);
}

function resolutionOf({ kind, buckets, amount }: ProposalInput['resolution']): ProposedResolution {
  if (kind !== 'bytes' && buckets) {
    throw misfit({ pointer: '/resolution/buckets', detail: 'leave it out, or use the kind bytes' });
  }
  if (kind !== 'amount' && (amount ?? null) !== null) {
    throw misfit({ pointer: '/resolution/amount', detail: 'leave it out, or use the kind amount' });
  }
  if (kind === 'no_change') return { kind };
  if (kind === 'amount') {
    if (!amount) throw misfit({ pointer: '/resolution/amount', detail: 'name the amount that is conceded' });
    return { kind, amount };
  }
  if (!buckets) {
    throw misfit({ pointer: '/resolution/buckets', detail: 'name the buckets, each with its bytes' });
  }
  return { kind, buckets: buckets.map((bucket) => ({ ...referenceOf(bucket), bytes: bucket.bytes })) };
}

function evidenceOf(evidence: EvidenceInput | undefined): Evidence {
  if (!evidence) return NO_EVIDENCE;
  return { text: evidence.text ?? null, buckets: (evidence.buckets ?? []).map(referenceOf) };
}

function invalid(...mistakes: Mistake[]): Error {
  return disputeProblems.invalid_dispute('The dispute makes no sense; see errors.', {
    errors: mistakes.map((mistake) => ({ ...mistake, code: 'invalid_dispute' })),
  });
}

function misfit(mistake: Mistake): Error {
  return disputeProblems.invalid_resolution('The proposal makes no sense; see errors.', {
    errors: [{ ...mistake, code: 'invalid_resolution' }],
  });
}
