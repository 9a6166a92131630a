import type { Tenant } from './tenant.js';

/** What the row policies compare with. Each holds until the transaction ends; empty is the same as not set. */
interface Settings {
  /** Whose own rows are seen, in any agreement. */
  provider: string;
  /** The one agreement whose shared rows are seen: policies look at it first, since it costs them least. */
  agreement: string;
  /** All agreements whose shared rows are seen. */
  agreements: string;
  /** Whose own rows are seen in the one agreement. */
  parties: string;
  /** `on` for the operator. */
  operator: string;
  /** Hex; of the one key or session that is seen. */
  secret_sha256: string;
  /** The key that the session was made from. */
  session_key: string;
}

const NONE: Settings = {
  provider: '',
  agreement: '',
  agreements: '',
  parties: '',
  operator: '',
  secret_sha256: '',
  session_key: '',
};

/** The statements that make a transaction act for a tenant, until it is made to act for another one. */
export function settingsOf(tenant: Tenant): string {
  switch (tenant.kind) {
    case 'nobody':
      return set({});
    case 'bearer':
      return set({ secret_sha256: tenant.secret_sha256.toString('hex') }) + SET_SESSION_KEY;
    case 'provider':
      return set({ provider: idOf(tenant.providerId) }) + setAgreementsOf(tenant.providerId);
    case 'party':
      return set({ provider: idOf(tenant.providerId) }) + setAgreementOf(tenant);
    case 'agreement':
      return set({
        agreement: idOf(tenant.agreementId),
        parties: `{${tenant.partyIds.map(idOf).join(',')}}`,
      });
    case 'operator':
      return set({ operator: 'on' });
  }
}

function set(settings: Partial<Settings>): string {
  const calls = Object.entries({ ...NONE, ...settings }).map(
    ([name, value]) => `set_config('app.${name}', '${value}', true)`,
  );
  return `SELECT ${calls.join(', ')}`;
}

const SET_SESSION_KEY = `; SELECT set_config('app.session_key', coalesce(api_key_id::text, ''), true) FROM sessions
      WHERE secret_sha256 = decode(current_setting('app.secret_sha256'), 'hex')`;

/** The list grows at most while the transaction runs: agreements are only ever added. */
function setAgreementsOf(providerId: string): string {
  return `; SELECT set_config('app.agreements', coalesce(array_agg(id)::text, ''), true) FROM agreements
      WHERE party_a_id = '${idOf(providerId)}' OR party_b_id = '${idOf(providerId)}'`;
}

/** Whoever is no party of the agreement sees nothing of it: to name one is not to get in. */
function setAgreementOf({ providerId, agreementId }: Extract<Tenant, { kind: 'party' }>): string {
  return `; SELECT set_config('app.agreement', id::text, true) FROM agreements
      WHERE id = '${idOf(agreementId)}' AND '${idOf(providerId)}' IN (party_a_id, party_b_id)`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids are written into the statements, since several of those in one message take no parameters. */
function idOf(text: string): string {
  if (!UUID.test(text)) throw new Error('A tenant is named by something that is no id.');
  return text;
}
