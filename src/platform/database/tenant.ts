import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * For whom statements run, and so which rows row level security lets them see and change:
 *
 * - `nobody`: no row of any party.
 * - `bearer`: the one key or session whose secret has this hash, and the session's key, to find out whose it is.
 * - `provider`: a provider's own rows, and what is shared in the agreements that it is a party to.
 * - `party`: a provider's own rows, and what is shared in one agreement, if it is a party to that.
 * - `agreement`: what is shared in one agreement, and both parties' own rows in it, for work that concerns both.
 * - `operator`: what is shared in all agreements, and all books; but no party's records, customers or credits.
 *
 * See docs/decisions/row-level-security.md.
 */
export type Tenant =
  | { kind: 'nobody' }
  | { kind: 'bearer'; secret_sha256: Buffer }
  | { kind: 'provider'; providerId: string }
  | { kind: 'party'; providerId: string; agreementId: string }
  | { kind: 'agreement'; agreementId: string; partyIds: readonly [string, string] }
  | { kind: 'operator' };

export const NOBODY: Tenant = { kind: 'nobody' };
export const OPERATOR: Tenant = { kind: 'operator' };

const acting = new AsyncLocalStorage<Tenant>();

/** Runs `work` for a tenant, in every database and in all that `work` awaits. */
export function actFor<T>(tenant: Tenant, work: () => T): T {
  return acting.run(tenant, work);
}

/** For whom statements run here. Throws where nobody said so: it is not to be forgotten. */
export function currentTenant(): Tenant {
  const tenant = acting.getStore();
  if (!tenant) throw new Error('No tenant is stated: say for whom statements run, with Database.actFor().');
  return tenant;
}

/**
 * The same items, each read for the tenant for whom this is called: whoever reads a stream may do so where no
 * tenant is stated any more, such as when a socket has room again.
 */
export function keepTenant<Item>(source: AsyncIterable<Item>): AsyncIterable<Item> {
  const tenant = currentTenant();
  return {
    [Symbol.asyncIterator]: () => {
      const items = source[Symbol.asyncIterator]();
      return {
        next: () => actFor(tenant, () => items.next()),
        return: async () =>
          (await actFor(tenant, () => items.return?.())) ?? { done: true, value: undefined },
      };
    },
  };
}
