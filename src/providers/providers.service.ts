import { Injectable } from '@nestjs/common';
import { AuditService, type Caller } from '../access/index.js';
import { formatInstant } from '../period/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import { isId, newId } from '../platform/ids/index.js';
import type { FieldError } from '../platform/problems/index.js';
import { providersProblems } from './providers.errors.js';
import { samePrice, slotOf, type ListPrice } from './rules/list-price.js';
import { findProviderByCode } from './sql/find-provider-by-code.js';
import { findProviderById } from './sql/find-provider-by-id.js';
import { insertListPrices } from './sql/insert-list-prices.js';
import { insertProvider } from './sql/insert-provider.js';
import { listAllListPrices } from './sql/list-all-list-prices.js';
import { listListPrices } from './sql/list-list-prices.js';
import { listPriceOf } from './sql/list-price-row.js';
import { listProviders } from './sql/list-providers.js';
import type { ProviderRow } from './sql/provider-row.js';

/** A participating cloud; none of this ever changes. */
export interface Provider {
  id: string;
  code: string;
  name: string;
  asns: readonly number[];
  billingCurrency: string;
  createdAt: Date;
}

/** A list price with its id. */
export type NumberedPrice = ListPrice & { id: string };

/** Told of new prices inside the transaction that adds them; throwing refuses them. */
export type PriceObserver = (
  tx: Transaction,
  providerId: string,
  prices: readonly NumberedPrice[],
) => Promise<void>;

/** From where a list goes on, and how many rows to fetch. */
export interface ListPosition {
  afterId: string | null;
  limit: number;
}

const CACHED_MAX = 10_000;
/** So many of the prices that are added at once are in the audit log whole, to keep its events short. */
const PRICES_LOGGED_MAX = 100;

/** Who takes part, and what each charges its own customers. */
@Injectable()
export class ProvidersService {
  private readonly byCode = new Map<string, Provider>();
  private readonly byId = new Map<string, Provider>();
  private readonly observers: PriceObserver[] = [];

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Registers a provider; 409 when its code is taken. */
  async create(input: Omit<Provider, 'id' | 'createdAt'>): Promise<Provider> {
    return this.database.transaction(async (tx) => {
      const row = await insertProvider(tx, { id: newId(), ...input });
      if (!row)
        throw providersProblems.provider_code_taken(
          `There is a provider with the code ${input.code} already.`,
        );
      const { id, code, name, asns, billingCurrency } = providerOf(row);
      this.audit.record(tx, {
        action: 'provider.register',
        resource: { kind: 'provider', id: code },
        parties: [{ id, code }],
        after: { name, asns, billingCurrency },
      });
      return providerOf(row);
    });
  }

  /** The provider with this code, if there is one. */
  async findByCode(code: string): Promise<Provider | undefined> {
    const cached = this.byCode.get(code);
    if (cached) return cached;
    const row = await findProviderByCode(this.database, code);
    return row && this.remember(providerOf(row));
  }

  /** The provider with this id, if there is one. */
  async findById(id: string): Promise<Provider | undefined> {
    const cached = this.byId.get(id);
    if (cached || !isId(id)) return cached;
    const row = await findProviderById(this.database, id);
    return row && this.remember(providerOf(row));
  }

  /** The provider with this code; 404 when there is none. */
  async require(code: string): Promise<Provider> {
    const provider = await this.findByCode(code);
    if (!provider) throw providersProblems.provider_not_found(notFoundDetail());
    return provider;
  }

  /** The provider with this code, if the caller may act for it; to a stranger it does not exist. */
  async requireOwn(code: string, caller: Caller): Promise<Provider> {
    if (caller.kind === 'provider' && caller.providerCode !== code) {
      throw providersProblems.provider_not_found(notFoundDetail());
    }
    return this.require(code);
  }

  /** Providers in the order they were registered. */
  async list(position: ListPosition): Promise<Provider[]> {
    return (await listProviders(this.database, position)).map(providerOf);
  }

  /** Has an observer called with every price that is added from now on. */
  observePrices(observer: PriceObserver): void {
    this.observers.push(observer);
  }

  /**
   * Adds list prices; none is ever changed. One that is already there with the same content is passed over,
   * one with other content refuses them all with 409.
   */
  async addPrices({ id, code }: Provider, prices: readonly ListPrice[]): Promise<void> {
    // The operator may add them, too; what they price is the provider's own.
    await this.database.transactionFor({ kind: 'provider', providerId: id }, async (tx) => {
      const numbered = prices.map((price) => ({ ...price, id: newId() }));
      const added = new Set(await insertListPrices(tx, id, numbered));
      refuseConflicts(prices, await this.listPrices(tx, id));
      const fresh = numbered.filter((price) => added.has(price.id));
      if (fresh.length === 0) return;
      this.audit.record(tx, {
        action: 'list_prices.add',
        resource: { kind: 'provider', id: code },
        parties: [{ id, code }],
        after: {
          added: fresh.length,
          prices: fresh.slice(0, PRICES_LOGGED_MAX).map(({ from, ...price }) => ({
            ...price,
            from: formatInstant(from),
          })),
        },
      });
      for (const observe of this.observers) await observe(tx, id, fresh);
    });
  }

  /** All prices of a provider, by side, region (every region first) and time. */
  async listPrices(tx: Queryable, providerId: string): Promise<ListPrice[]> {
    return (await listAllListPrices(tx, providerId)).map(listPriceOf);
  }

  /** The same, each with its id. */
  async numberedPrices(tx: Queryable, providerId: string): Promise<NumberedPrice[]> {
    return (await listAllListPrices(tx, providerId)).map((row) => ({ id: row.id, ...listPriceOf(row) }));
  }

  /** Prices in the order they were added, each with its id. */
  async listPricesPage(providerId: string, position: ListPosition): Promise<NumberedPrice[]> {
    const rows = await listListPrices(this.database, { providerId, ...position });
    return rows.map((row) => ({ id: row.id, ...listPriceOf(row) }));
  }

  private remember(provider: Provider): Provider {
    if (this.byId.size >= CACHED_MAX) {
      this.byId.clear();
      this.byCode.clear();
    }
    this.byCode.set(provider.code, provider);
    this.byId.set(provider.id, provider);
    return provider;
  }
}

function refuseConflicts(sent: readonly ListPrice[], stored: readonly ListPrice[]): void {
  const bySlot = new Map(stored.map((price) => [slotOf(price), price]));
  const errors = sent.flatMap((price, index): FieldError[] => {
    const there = bySlot.get(slotOf(price));
    if (!there || samePrice(there, price)) return [];
    const detail = `From then on the price is ${there.unitPrice} a ${there.unit} already; choose a later date.`;
    return [{ index, pointer: `/prices/${index}`, code: 'list_price_conflict', detail }];
  });
  if (errors.length === 0) return;
  throw providersProblems.list_price_conflict('Prices are only ever added, and none is changed.', { errors });
}

function providerOf(row: ProviderRow): Provider {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    asns: row.asns.map(Number),
    billingCurrency: row.billing_currency,
    createdAt: row.created_at,
  };
}

function notFoundDetail(): string {
  return 'There is no provider with this code.';
}
