import { Injectable } from '@nestjs/common';
import type { Caller } from '../../access/index.js';
import { isIdValue, isInstantValue, mapPage, page, readCursor } from '../../platform/http/index.js';
import { LedgerService } from '../ledger.service.js';
import { isAccountKind } from '../rules/accounts.js';
import type { JournalPlace } from '../sql/list-entries.js';
import { instantOf } from './book.dto.js';
import { Books } from './books.js';
import {
  showAccount,
  showEntry,
  type AccountPage,
  type AccountsQuery,
  type EntriesQuery,
  type EntryPage,
} from './ledger.dto.js';

const NOTHING = { data: [], nextCursor: null };

/** The lists of a book, page by page, as the caller may read them. */
@Injectable()
export class BookLists {
  constructor(
    private readonly ledger: LedgerService,
    private readonly books: Books,
  ) {}

  async accounts(query: AccountsQuery, caller: Caller): Promise<AccountPage> {
    const [after] = readCursor<[string]>(query.cursor, [isIdValue]) ?? [];
    const owner = await this.books.ownerFor(caller, query.provider);
    const ids = await this.books.idsOf(query);
    if (!ids) return NOTHING;
    const { limit, currency, kind } = query;
    const filter = { bookId: owner.id, ...ids, currency, kind, after };
    const rows = await this.ledger.accounts({ ...filter, limit: limit + 1 });
    const shown = page(rows, limit, ({ id }) => [id]);
    const codes = await this.books.codesOf(shown.data);
    return mapPage(shown, (account) => showAccount(account, owner.code, codes));
  }

  async entries(query: EntriesQuery, caller: Caller): Promise<EntryPage> {
    const after = readCursor<PlaceValues>(query.cursor, [isInstantValue, isIdValue, isCount, isPosition]);
    const owner = await this.books.ownerFor(caller, query.provider);
    const ids = await this.books.idsOf(query);
    if (!ids) return NOTHING;
    const { account, limit } = query;
    const byKind = account !== undefined && isAccountKind(account);
    const rows = await this.ledger.entries({
      bookId: owner.id,
      ...ids,
      accountId: byKind ? undefined : account,
      accountKind: byKind ? account : undefined,
      currency: query.currency,
      sourceId: query.source,
      from: instantOf(query.from),
      to: instantOf(query.to),
      after: after ? placeOf(after) : undefined,
      limit: limit + 1,
    });
    const shown = page(rows, limit, valuesOf);
    const codes = await this.books.codesOf(shown.data);
    const of = { provider: owner.code, reader: caller.kind };
    return mapPage(shown, (entry) => showEntry(entry, of, codes));
  }
}

/** The values of a journal's place in a cursor: milliseconds since 1970, agreement, sequence, position. */
type PlaceValues = [number, string, number, number];

function valuesOf({ effectiveAt, agreementId, sequence, position }: JournalPlace): PlaceValues {
  return [effectiveAt.getTime(), agreementId, Number(sequence), position];
}

function placeOf([effectiveAt_ms, agreementId, sequence, position]: PlaceValues): JournalPlace {
  return { effectiveAt: new Date(effectiveAt_ms), agreementId, sequence: BigInt(sequence), position };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isPosition(value: unknown): boolean {
  return isCount(value) && Number(value) < 2 ** 31;
}
