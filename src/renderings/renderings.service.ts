import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../access/index.js';
import { agreementProblems, AgreementsService, sideOf } from '../agreements/index.js';
import { JobsService, type JobRow, type ReportProgress } from '../jobs/index.js';
import { formatAmount } from '../money/index.js';
import { Config } from '../platform/config/index.js';
import { Database, type Tenant, type Transaction } from '../platform/database/index.js';
import { BusinessDetailsService, ProvidersService, type Provider } from '../providers/index.js';
import { ReconciliationService } from '../reconciliation/index.js';
import {
  CloseService,
  StatementsService,
  type CreditView,
  type Issue,
  type Statement,
} from '../settlement/index.js';
import { CREDITS_AT_ONCE_MAX, FORMATS, formatOf, LINES_AT_ONCE_MAX, type Kind } from './formats/formats.js';
import { renderingProblems } from './renderings.errors.js';
import { RenderingStore, type RenderingKey, type StoredRendering } from './rendering-store.js';
import type { Copy, CreditSummary } from './rules/copy.js';
import { fileName } from './rules/file-name.js';
import { renderFocus } from './rules/focus-charges.js';
import {
  parseModel,
  serializeModel,
  statementModel,
  type PartyDetails,
  type StatementModel,
} from './rules/statement-model.js';
import { renderCsv, renderJson } from './rules/statement-texts.js';

/** The job that makes one rendering; its subject is `<statement>/<kind>/<provider or ->`. */
export const RENDER = 'render';
/** The job that makes all renderings of a statement ahead of being asked; its subject is the statement. */
export const RENDER_STATEMENT = 'render_statement';

/** The kind under which the model is kept that all other kinds are made of. */
const MODEL = 'model';

/** A rendering to send, or the job that makes it. */
export type Obtained = { rendering: StoredRendering; name: string; mediaType: string } | { job: JobRow };

/** Whose copy: a party's, or that of whoever is none. */
type Owner = Provider | null;

/** Makes renderings from what was fixed at the issue, once each, and finds them again. */
@Injectable()
export class RenderingsService implements OnModuleInit {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly business: BusinessDetailsService,
    private readonly closing: CloseService,
    private readonly config: Config,
    private readonly database: Database,
    private readonly jobs: JobsService,
    private readonly providers: ProvidersService,
    private readonly reconciliation: ReconciliationService,
    private readonly statements: StatementsService,
    private readonly store: RenderingStore,
  ) {}

  onModuleInit(): void {
    this.closing.observeIssues((tx, issue) => this.keepIssued(tx, issue));
  }

  /**
   * A rendering for the caller. What is not stored yet is made at once where that is short; else a job makes
   * it. A stranger's statement is not found; books are for parties alone.
   */
  async obtain(caller: Caller, statementId: string, kind: Kind): Promise<Obtained> {
    const statement = await this.statements.find(caller, statementId);
    const owner = caller.kind === 'provider' ? (await this.providers.findById(caller.providerId))! : null;
    const { audience, onlyVoid } = formatOf(kind);
    if (onlyVoid && statement.state !== 'void') {
      throw renderingProblems.statement_not_void('The statement stands, so nothing of it is taken back.');
    }
    if (audience === 'party' && !owner) {
      throw agreementProblems.not_a_party(
        'A book, and the credits in it, are shown to the party whose they are.',
      );
    }
    const key = keyOf(statement, kind, audience === 'everyone' ? null : owner);
    const stored = await this.store.find(key);
    if (stored) return { rendering: stored, ...download(statement, kind, owner) };
    if (await this.isLong(statement, kind, owner)) return { job: await this.ask(statement, kind, owner) };
    return { rendering: await this.make(statement, kind, owner), ...download(statement, kind, owner) };
  }

  /** For whom a job renders: the party whose copy its subject names, or else both of the agreement. */
  async askedFor(subject: string): Promise<Tenant> {
    const [statementId, , providerId] = subject.split('/') as [string, string?, string?];
    const { agreementId } = await this.statements.get(statementId);
    return providerId === undefined || providerId === '-'
      ? this.agreements.tenantOf(agreementId)
      : { kind: 'party', providerId, agreementId };
  }

  /** Makes the rendering that a job's subject names, unless it is there. Gives where it is. */
  async makeAsked(subject: string, report: ReportProgress): Promise<Record<string, unknown>> {
    const [statementId, kind, providerId] = subject.split('/') as [string, Kind, string];
    const statement = await this.statements.get(statementId);
    const owner = providerId === '-' ? null : (await this.providers.findById(providerId))!;
    await this.make(statement, kind, owner, report);
    const { extension, label } = formatOf(kind);
    return { url: `/v1/statements/${statementId}${label ? `/${label}` : ''}.${extension}` };
  }

  /** Makes every rendering of a statement that is not there yet. */
  async makeAll(statementId: string, report: ReportProgress): Promise<Record<string, unknown>> {
    const statement = await this.statements.get(statementId);
    const agreement = await this.agreements.findById(this.database, statement.agreementId);
    const parties = [agreement.partyA, agreement.partyB];
    const kinds = (Object.keys(FORMATS) as Kind[]).filter((kind) => !formatOf(kind).onlyVoid);
    const work = kinds.flatMap((kind): [Kind, string | null][] =>
      formatOf(kind).audience === 'everyone' ? [[kind, null]] : parties.map(({ id }) => [kind, id]),
    );
    for (const [done, [kind, providerId]] of work.entries()) {
      await report(done, work.length);
      const make = async (owner: Owner): Promise<unknown> => this.make(statement, kind, owner);
      if (providerId === null) await make(null);
      else {
        // A copy names the party's own customers, whom it alone may name.
        const party = { kind: 'party', providerId, agreementId: agreement.id } as const;
        const owner = (await this.providers.findById(providerId))!;
        await this.database.actFor(party, () => make(owner));
      }
    }
    await report(work.length, work.length);
    return { statement: statementId, renderings: work.length };
  }

  /** In the transaction of the issue: the model of all renderings, those that are plain text, and the job for the rest. */
  private async keepIssued(tx: Transaction, { agreement, statement }: Issue): Promise<void> {
    const details = async ({ id }: { id: string }): Promise<PartyDetails> => {
      const { code, name, asns, billingCurrency } = (await this.providers.findById(id))!;
      return { code, name, asns, billingCurrency, business: await this.business.of(tx, id) };
    };
    const parties = { A: await details(agreement.partyA), B: await details(agreement.partyB) };
    // Months tell no days.
    const days =
      statement.rules.bucket === 'month'
        ? []
        : await this.reconciliation.daily(tx, agreement, statement.period);
    const model = statementModel(statement, parties, days);
    const key = { agreementId: agreement.id, statementId: statement.id, providerId: null };
    await this.store.keepAtIssue(tx, { ...key, kind: MODEL }, serializeModel(model));
    await this.store.keepAtIssue(tx, { ...key, kind: 'json' }, renderJson(model));
    await this.store.keepAtIssue(tx, { ...key, kind: 'csv' }, renderCsv(model));
    await this.store.keepAtIssue(tx, { ...key, kind: 'focus' }, renderFocus(model));
    if (this.config.RENDER_AHEAD === 'no') return;
    const ownerIds = [agreement.partyA.id, agreement.partyB.id];
    await this.jobs.enqueue(tx, { kind: RENDER_STATEMENT, subject: statement.id, ownerIds });
  }

  private async make(
    statement: Statement,
    kind: Kind,
    owner: Owner,
    report: ReportProgress = () => Promise.resolve(),
  ): Promise<StoredRendering> {
    const format = formatOf(kind);
    const key = keyOf(statement, kind, format.audience === 'everyone' ? null : owner);
    const stored = await this.store.find(key);
    if (stored) return stored;
    const copy = await this.copyFor(statement, owner);
    const total = format.grows === 'credits' ? copy.viewer!.credits.count : 1;
    const pages = (): AsyncIterable<CreditView[]> =>
      owner ? this.reportedPages(statement, owner, total, report) : none();
    await report(0, total);
    const rendering = await this.store.keep(key, await format.render(copy, pages));
    await report(total, total);
    return rendering;
  }

  private async *reportedPages(
    statement: Statement,
    owner: Provider,
    total: number,
    report: ReportProgress,
  ): AsyncGenerator<CreditView[]> {
    let read = 0;
    let told = 0;
    for await (const page of this.statements.creditPages(statement, owner)) {
      yield page;
      read += page.length;
      // A hundred times at most: each is a row changed.
      if (read - told < total / 100 || total === 1) continue;
      told = read;
      await report(Math.min(read, total), total);
    }
  }

  private async copyFor(statement: Statement, owner: Owner): Promise<Copy> {
    const model = await this.modelOf(statement);
    if (!owner) return { model, viewer: null };
    const agreement = await this.agreements.findById(this.database, statement.agreementId);
    const side = sideOf(agreement, owner.id)!;
    const voided = statement.steps.findLast(({ kind }) => kind === 'void');
    const viewer = { side, credits: await this.creditSummary(statement, owner) };
    return { model, viewer, ...(voided && { voidedAt: voided.takenAt }) };
  }

  private async creditSummary(statement: Statement, owner: Provider): Promise<CreditSummary> {
    const { count, bytes, unpricedBytes, amount } = await this.statements.creditTotals(statement, owner.id);
    const sums = await this.statements.creditSums(statement, owner.id);
    const savings = await this.statements.savings(statement, owner.id);
    const currency = sums[0]?.currency ?? owner.billingCurrency;
    return {
      count,
      bytes,
      unpricedBytes,
      amount: formatAmount(BigInt(amount), currency),
      currency,
      bySide: sums.map((sum) => ({ ...sum, amount: formatAmount(BigInt(sum.amount), sum.currency) })),
      sinceAgreementBegan: savings.map((saving) => ({
        currency: saving.currency,
        amount: formatAmount(BigInt(saving.amount), saving.currency),
      })),
    };
  }

  private async modelOf(statement: Statement): Promise<StatementModel> {
    const stored = await this.store.find(keyOf(statement, MODEL, null));
    if (!stored) throw renderingProblems.rendering_not_found('The statement is older than its renderings.');
    return parseModel(await this.store.readAll(stored));
  }

  private async isLong(statement: Statement, kind: Kind, owner: Owner): Promise<boolean> {
    const { grows } = formatOf(kind);
    if (grows === 'lines') return statement.lineIds.length > LINES_AT_ONCE_MAX;
    if (grows !== 'credits') return false;
    return (await this.statements.creditTotals(statement, owner!.id)).count > CREDITS_AT_ONCE_MAX;
  }

  private async ask(statement: Statement, kind: Kind, owner: Owner): Promise<JobRow> {
    const subject = `${statement.id}/${kind}/${owner?.id ?? '-'}`;
    const ownerIds = owner ? [owner.id] : [];
    return this.database.transaction(async (tx) => {
      return (await this.jobs.enqueue(tx, { kind: RENDER, subject, ownerIds })).job;
    });
  }
}

function keyOf({ agreementId, id }: Statement, kind: string, owner: Owner): RenderingKey {
  return { agreementId, statementId: id, kind, providerId: owner?.id ?? null };
}

function download(statement: Statement, kind: Kind, owner: Owner): { name: string; mediaType: string } {
  const { extension, mediaType, label, audience } = formatOf(kind);
  const { number } = JSON.parse(statement.document) as { number: string };
  const own = audience === 'party' && owner ? [owner.code] : [];
  return { name: fileName([number, ...(label ? [label] : []), ...own], extension), mediaType };
}

async function* none(): AsyncGenerator<CreditView[]> {
  // No party, no credits.
}
