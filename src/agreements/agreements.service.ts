import { Injectable } from '@nestjs/common';
import { AuditService, type Caller } from '../access/index.js';
import { isCurrency } from '../money/index.js';
import { isTimezone } from '../period/index.js';
import { Database, type Queryable, type Tenant, type Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { ProvidersService } from '../providers/index.js';
import { agreementProblems } from './agreements.errors.js';
import { concerning } from './rules/audited.js';
import { bothParties } from './both-parties.js';
import { checkTerms } from './rules/check-terms.js';
import { completeTerms, type ProposedTerms } from './rules/complete-terms.js';
import type { Side, Terms } from './rules/terms.js';
import { sealVersion, type VersionDocument } from './rules/version-document.js';
import { versionInForce, type VersionInForce } from './rules/version-in-force.js';
import type { AgreementRow } from './sql/agreement-row.js';
import { advanceTermsEpoch } from './sql/advance-terms-epoch.js';
import { findAgreementCodes } from './sql/find-agreement-codes.js';
import { findAgreementById } from './sql/find-agreement-by-id.js';
import { findAgreement } from './sql/find-agreement.js';
import { insertAcceptance } from './sql/insert-acceptance.js';
import { insertAgreement } from './sql/insert-agreement.js';
import { insertVersion } from './sql/insert-version.js';
import { listAgreementIds } from './sql/list-agreement-ids.js';
import { listAgreementIdsOf } from './sql/list-agreement-ids-of.js';
import { listAgreements } from './sql/list-agreements.js';
import { listVersions } from './sql/list-versions.js';
import { lockClock } from './sql/lock-clock.js';
import { putInForce } from './sql/put-in-force.js';
import type { VersionRow } from './sql/version-row.js';

export interface AgreementInput {
  code: string;
  partyA: string;
  partyB: string;
  timezone: string;
  currency: string;
  autoClose: boolean;
}

/**
 * Rooms above hear of a version before it comes into force, inside the transaction and under the
 * agreement's clock: they refuse it by throwing a Problem, or bring their own figures in line with it.
 */
export type VersionObserver = (
  tx: Transaction,
  agreement: AgreementRow,
  version: { effectiveFrom: string; inForce: boolean },
) => Promise<void>;

/** Agreements, their versions, and which version governs which period. */
@Injectable()
export class AgreementsService {
  private readonly versionObservers: VersionObserver[] = [];

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly providers: ProvidersService,
  ) {}

  /** Observers run in the order in which they registered, at the proposal and again when in force. */
  observeVersions(observer: VersionObserver): void {
    this.versionObservers.push(observer);
  }

  async create(caller: Caller, input: AgreementInput): Promise<AgreementRow> {
    if (caller.kind === 'provider' && ![input.partyA, input.partyB].includes(caller.providerCode)) {
      throw agreementProblems.not_a_party('A provider can only make agreements that it is a party of.');
    }
    const [partyA, partyB] = await this.checkInput(input);
    const id = newId();
    const made = {
      code: input.code,
      partyA: { id: partyA, code: input.partyA },
      partyB: { id: partyB, code: input.partyB },
    };
    await this.database.transactionFor(bothParties({ id, ...made }), async (tx) => {
      const agreement = { ...input, id, partyAId: partyA, partyBId: partyB, createdAt: new Date() };
      if (!(await insertAgreement(tx, agreement))) {
        throw agreementProblems.agreement_exists(`The code ${input.code} is taken; choose another.`);
      }
      const { code, timezone, currency, autoClose } = input;
      this.audit.record(tx, {
        action: 'agreement.create',
        resource: { kind: 'agreement', id: code },
        ...concerning(made),
        after: { partyA: input.partyA, partyB: input.partyB, timezone, currency, autoClose },
      });
    });
    return (await findAgreementById(this.database, id))!;
  }

  /** The caller's agreement with this code. A stranger's is not found, like one that does not exist. */
  async find(caller: Caller, code: string): Promise<AgreementRow> {
    const party = caller.kind === 'provider' ? caller.providerId : null;
    const agreement = await findAgreement(this.database, code, party);
    if (!agreement) throw agreementProblems.unknown_agreement('There is no such agreement.');
    return agreement;
  }

  /** The id of the agreement with this code, whoever its parties are. */
  async idOf(code: string): Promise<string | null> {
    return (await findAgreement(this.database, code, null))?.id ?? null;
  }

  /** The tenant of work for both parties of an agreement, whoever they are. */
  async tenantOf(id: string): Promise<Tenant> {
    return bothParties(await this.findById(this.database, id));
  }

  async findById(db: Queryable, id: string): Promise<AgreementRow> {
    const agreement = await findAgreementById(db, id);
    if (!agreement) throw agreementProblems.unknown_agreement('There is no such agreement.');
    return agreement;
  }

  /** The caller's agreements in the order they were made, at most `limit`, after the one with `afterId`. */
  async list(caller: Caller, afterId: string | null, limit: number): Promise<AgreementRow[]> {
    return listAgreements(
      this.database,
      caller.kind === 'provider' ? caller.providerId : null,
      afterId,
      limit,
    );
  }

  /** Ids of a provider's agreements, in the order in which their clocks are to be locked. */
  async idsOf(db: Queryable, providerId: string): Promise<string[]> {
    return listAgreementIdsOf(db, providerId);
  }

  /** Ids of all agreements. */
  async ids(): Promise<string[]> {
    return listAgreementIds(this.database);
  }

  /** The codes of those ids that are agreements. */
  async codesOf(ids: readonly string[]): Promise<Map<string, string>> {
    return findAgreementCodes(this.database, ids);
  }

  async versions(agreement: AgreementRow, afterVersion: number, limit: number): Promise<VersionRow[]> {
    return listVersions(this.database, agreement.id, afterVersion, limit);
  }

  async version(agreement: AgreementRow, number: number): Promise<VersionRow> {
    const [version] = await listVersions(this.database, agreement.id, number - 1, 1);
    if (version?.version !== number) throw agreementProblems.version_not_found('There is no such version.');
    return version;
  }

  /** Versions that both parties accepted, oldest first; the input of `versionInForce`. */
  async versionsInForce(db: Queryable, agreementId: string): Promise<VersionInForce[]> {
    const versions = await listVersions(db, agreementId);
    return versions.flatMap(({ version, effectiveFrom, document, inForceAt }) =>
      inForceAt ? [{ version, effectiveFrom, inForceAt: inForceAt.getTime(), terms: termsOf(document) }] : [],
    );
  }

  /** The version that governs a period. Throws `agreement_not_in_force` where none does. */
  async versionFor(db: Queryable, agreement: AgreementRow, period: string): Promise<VersionInForce> {
    const { lastPeriod } = agreement;
    if (lastPeriod !== null && period > lastPeriod) {
      throw agreementProblems.agreement_not_in_force(`The agreement ends with ${lastPeriod}.`);
    }
    const version = versionInForce(await this.versionsInForce(db, agreement.id), period);
    if (version) return version;
    throw agreementProblems.agreement_not_in_force(`No terms that both parties accepted govern ${period}.`);
  }

  /** Terms with their defaults. Throws `invalid_terms` with everything that makes no sense. */
  complete(proposed: ProposedTerms, currency: string): Terms {
    const terms = completeTerms(proposed, currency);
    const mistakes = checkTerms(terms, currency);
    if (mistakes.length === 0) return terms;
    throw agreementProblems.invalid_terms('The terms contradict themselves; see errors.', {
      errors: mistakes.map((mistake) => ({ ...mistake, code: 'invalid_terms' })),
    });
  }

  /** Proposes terms from a period on; the proposer has thereby accepted them. */
  async propose(
    caller: Caller,
    agreement: AgreementRow,
    proposal: { effectiveFrom: string; terms: ProposedTerms },
  ): Promise<VersionRow> {
    const proposer = partyId(caller, agreement);
    const terms = this.complete(proposal.terms, agreement.currency);
    const sealed = sealVersion({ ...documentHead(agreement), effectiveFrom: proposal.effectiveFrom, terms });
    return this.database.transaction(async (tx) => {
      await lockClock(tx, agreement.id);
      const earlier = await listVersions(tx, agreement.id);
      checkEffectiveFrom(proposal.effectiveFrom, earlier, agreement.lastPeriod);
      await this.tellObservers(tx, agreement, { effectiveFrom: proposal.effectiveFrom, inForce: false });
      const version = (earlier.at(-1)?.version ?? 0) + 1;
      const now = new Date();
      await insertVersion(tx, {
        agreementId: agreement.id,
        version,
        effectiveFrom: proposal.effectiveFrom,
        document: sealed.text,
        sha256: sealed.sha256,
        proposedBy: proposer,
        proposedAt: now,
      });
      await insertAcceptance(tx, {
        agreementId: agreement.id,
        version,
        providerId: proposer,
        sha256: sealed.sha256,
        acceptedAt: now,
      });
      const proposed = (await listVersions(tx, agreement.id, version - 1, 1))[0]!;
      this.recordVersion(tx, agreement, 'version.propose', { before: null, after: proposed });
      return proposed;
    });
  }

  /** Accepts the current proposal by its hash; with both acceptances the version is in force. */
  async accept(caller: Caller, agreement: AgreementRow, number: number, sha256: string): Promise<VersionRow> {
    const accepter = partyId(caller, agreement);
    // With terms in force both parties' records are added up anew.
    return this.database.transactionFor(bothParties(agreement), async (tx) => {
      await lockClock(tx, agreement.id);
      const versions = await listVersions(tx, agreement.id);
      const version = versions.find((candidate) => candidate.version === number);
      if (!version) throw agreementProblems.version_not_found('There is no such version.');
      if (version.sha256 !== sha256) {
        throw agreementProblems.version_hash_mismatch(
          `Version ${number} has the hash ${version.sha256}; read it again and accept that one.`,
        );
      }
      if (!version.inForceAt) {
        if (versions.at(-1) !== version) {
          throw agreementProblems.version_not_current(
            `Version ${versions.at(-1)!.version} replaced this proposal.`,
          );
        }
        await this.recordAcceptance(tx, agreement, version, accepter);
      }
      const after = (await listVersions(tx, agreement.id, number - 1, 1))[0]!;
      if (after.acceptedBy.length > version.acceptedBy.length)
        this.recordVersion(tx, agreement, 'version.accept', { before: version, after });
      return after;
    });
  }

  private recordVersion(
    tx: Transaction,
    agreement: AgreementRow,
    action: string,
    { before, after }: { before: VersionRow | null; after: VersionRow },
  ): void {
    const stateOf = ({ acceptedBy, inForceAt }: VersionRow) => ({ acceptedBy, inForce: inForceAt !== null });
    const { version, effectiveFrom, sha256 } = after;
    this.audit.record(tx, {
      action,
      resource: { kind: 'version', id: `${agreement.code}/${version}` },
      ...concerning(agreement),
      before: before && stateOf(before),
      after: { ...stateOf(after), effectiveFrom, sha256 },
    });
  }

  private async recordAcceptance(
    tx: Transaction,
    agreement: AgreementRow,
    version: VersionRow,
    accepter: string,
  ): Promise<void> {
    const now = new Date();
    await insertAcceptance(tx, {
      agreementId: agreement.id,
      version: version.version,
      providerId: accepter,
      sha256: version.sha256,
      acceptedAt: now,
    });
    const [after] = await listVersions(tx, agreement.id, version.version - 1, 1);
    if (after!.acceptedBy.length < 2) return;
    await putInForce(tx, agreement.id, version.version, now);
    await advanceTermsEpoch(tx, agreement.id);
    await this.tellObservers(tx, agreement, { effectiveFrom: version.effectiveFrom, inForce: true });
  }

  private async tellObservers(...told: Parameters<VersionObserver>): Promise<void> {
    for (const observer of this.versionObservers) await observer(...told);
  }

  /** Ids of both parties; throws with every member that makes no sense. */
  private async checkInput(input: AgreementInput): Promise<[string, string]> {
    const partyA = await this.providers.findByCode(input.partyA);
    const partyB = await this.providers.findByCode(input.partyB);
    const mistakes = [
      ...(partyA ? [] : [{ pointer: '/partyA', detail: 'use the code of a registered provider' }]),
      ...(partyB ? [] : [{ pointer: '/partyB', detail: 'use the code of a registered provider' }]),
      ...(input.partyA === input.partyB
        ? [{ pointer: '/partyB', detail: 'name another provider than partyA' }]
        : []),
      ...(isTimezone(input.timezone)
        ? []
        : [{ pointer: '/timezone', detail: 'use an IANA timezone, such as Europe/Zurich' }]),
      ...(isCurrency(input.currency)
        ? []
        : [{ pointer: '/currency', detail: 'use an ISO 4217 currency, such as USD' }]),
    ];
    if (!partyA || !partyB || mistakes.length > 0) {
      throw agreementProblems.invalid_agreement('The agreement makes no sense; see errors.', {
        errors: mistakes.map((mistake) => ({ ...mistake, code: 'invalid_agreement' })),
      });
    }
    return [partyA.id, partyB.id];
  }
}

/** Which side of the agreement a provider is; null for whoever is no party. */
export function sideOf(agreement: AgreementRow, providerId: string): Side | null {
  if (agreement.partyA.id === providerId) return 'A';
  return agreement.partyB.id === providerId ? 'B' : null;
}

function partyId(caller: Caller, agreement: AgreementRow): string {
  if (caller.kind === 'provider' && sideOf(agreement, caller.providerId)) return caller.providerId;
  throw agreementProblems.not_a_party('Only the parties, each with its own key, propose and accept terms.');
}

function documentHead(agreement: AgreementRow): Omit<VersionDocument, 'effectiveFrom' | 'terms'> {
  const { code, timezone, currency, partyA, partyB } = agreement;
  return { code, partyA: partyA.code, partyB: partyB.code, timezone, currency };
}

function termsOf(document: string): VersionInForce['terms'] {
  return (JSON.parse(document) as VersionDocument).terms;
}

/** A new version may replace one that starts with the same period, but not reach behind it. */
function checkEffectiveFrom(
  effectiveFrom: string,
  earlier: readonly VersionRow[],
  lastPeriod: string | null,
): void {
  if (lastPeriod !== null && effectiveFrom > lastPeriod) {
    const detail = `use ${lastPeriod} or an earlier period: the agreement ends with it`;
    throw agreementProblems.invalid_terms('The version starts after the agreement ends.', {
      errors: [{ pointer: '/effectiveFrom', code: 'invalid_terms', detail }],
    });
  }
  const last = earlier.filter(({ inForceAt }) => inForceAt).at(-1);
  if (!last || effectiveFrom >= last.effectiveFrom) return;
  const detail = `use ${last.effectiveFrom} or a later period: version ${last.version} starts there`;
  throw agreementProblems.invalid_terms('The version starts before the one in force.', {
    errors: [{ pointer: '/effectiveFrom', code: 'invalid_terms', detail }],
  });
}
