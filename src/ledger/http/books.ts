import { Injectable } from '@nestjs/common';
import type { Caller } from '../../access/index.js';
import { validationFailed } from '../../platform/http/index.js';
import { ProvidersService, type Provider } from '../../providers/index.js';
import { LedgerService } from '../ledger.service.js';

/** Whose book a request may read, and the codes by which the API names what the ledger knows by id. */
@Injectable()
export class Books {
  constructor(
    private readonly providers: ProvidersService,
    private readonly ledger: LedgerService,
  ) {}

  /** The caller's own book; the operator names one. Another provider's is as if it did not exist. */
  async ownerFor(caller: Caller, code: string | undefined): Promise<Provider> {
    if (code !== undefined) return this.providers.requireOwn(code, caller);
    if (caller.kind === 'provider') return this.providers.require(caller.providerCode);
    const detail = 'provider must be given by the operator: the code of the provider whose book to read.';
    throw validationFailed([{ pointer: '?provider', code: 'required', detail }]);
  }

  /** Ids of the codes in a filter; null when one of them names nothing, so that nothing can match. */
  async idsOf(filter: { counterparty?: string; agreement?: string }): Promise<FilterIds | null> {
    const { counterparty, agreement } = filter;
    const provider = counterparty === undefined ? null : await this.providers.findByCode(counterparty);
    const agreementId = agreement === undefined ? null : await this.ledger.agreementId(agreement);
    if (provider === undefined || (agreement !== undefined && agreementId === null)) return null;
    return { counterpartyId: provider?.id, agreementId: agreementId ?? undefined };
  }

  /** The codes of the providers with these ids. */
  async providerCodes(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const unique = [...new Set(ids)];
    const found = await Promise.all(unique.map((id) => this.providers.findById(id)));
    return new Map(found.flatMap((provider) => (provider ? [[provider.id, provider.code]] : [])));
  }

  /** The codes of the counterparties and agreements of some rows. */
  async codesOf(rows: readonly { counterpartyId: string; agreementId: string }[]): Promise<Codes> {
    const [providers, agreements] = await Promise.all([
      this.providerCodes(rows.map(({ counterpartyId }) => counterpartyId)),
      this.ledger.agreementCodes(rows.map(({ agreementId }) => agreementId)),
    ]);
    return { providers, agreements };
  }
}

export interface FilterIds {
  counterpartyId: string | undefined;
  agreementId: string | undefined;
}

/** Codes by id. */
export interface Codes {
  providers: ReadonlyMap<string, string>;
  agreements: ReadonlyMap<string, string>;
}
