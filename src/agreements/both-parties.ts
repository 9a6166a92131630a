import type { Tenant } from '../platform/database/index.js';

interface Parties {
  id: string;
  partyA: { id: string };
  partyB: { id: string };
}

/**
 * The tenant of work that concerns both sides of an agreement. Such work sees what each side keeps from the other,
 * so whoever does it takes care what of it is shown to whom; it is to be as short as it can be.
 */
export function bothParties({ id, partyA, partyB }: Parties): Tenant {
  return { kind: 'agreement', agreementId: id, partyIds: [partyA.id, partyB.id] };
}
