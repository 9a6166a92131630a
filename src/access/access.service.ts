import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Database, OPERATOR, type Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import type { Problem } from '../platform/problems/index.js';
import { accessProblems } from './access.errors.js';
import { AuditService } from './audit.service.js';
import { callerOf, type Holder } from './caller.js';
import { newApiKey } from './new-api-key.js';
import { RecordedUses } from './recorded-uses.js';
import { apiKeySha256, isApiKey } from './rules/api-key.js';
import type { Scope } from './rules/scopes.js';
import { findKeyHolder } from './sql/find-key-holder.js';
import { insertApiKey } from './sql/insert-api-key.js';
import { listActiveKeys } from './sql/list-active-keys.js';
import { listApiKeys, type ApiKeyRow } from './sql/list-api-keys.js';
import { listOperatorKeys } from './sql/list-operator-keys.js';
import { lockKeyName } from './sql/lock-key-name.js';
import { lockOperatorKeys } from './sql/lock-operator-keys.js';
import { revokeApiKey } from './sql/revoke-api-key.js';
import { setOperatorKeyRevoked } from './sql/set-operator-key-revoked.js';
import { touchApiKey } from './sql/touch-api-key.js';

const TOUCH_INTERVAL_S = 60;

/** Of one name: the one in use, and the one that is to take its place. */
const ACTIVE_KEYS_MAX = 2;

/** The name of the operator's key that the configuration sets, among those the service made. */
const CONFIGURED_NAME = 'configured';

/** What a new provider key is to be. */
export interface ApiKeyRequest {
  providerId: string;
  name: string;
  scopes: readonly Scope[];
  expiresAt: Date | null;
}

/** A key as it is shown, once, to whoever made it. */
export interface CreatedApiKey {
  id: string;
  name: string;
  scopes: readonly Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  key: string;
}

/** Issues API keys and knows their holders. */
@Injectable()
export class AccessService implements OnModuleDestroy {
  private readonly uses: RecordedUses;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {
    this.uses = new RecordedUses(
      TOUCH_INTERVAL_S,
      (id, interval_s) => touchApiKey(database, id, interval_s),
      new Logger('access'),
    );
  }

  /** Who holds this key, or held it before it was revoked or expired; null when it is mistyped or was never issued. */
  async holderOf(key: string): Promise<Holder | null> {
    if (!isApiKey(key)) return null;
    const key_sha256 = apiKeySha256(key);
    // Before anybody knows for whom a request is, statements see what it shows, and nothing else.
    const row = await this.database.actFor({ kind: 'bearer', secret_sha256: key_sha256 }, async () => {
      const found = await findKeyHolder(this.database, key_sha256);
      if (found?.is_live) this.uses.note(found.id);
      return found;
    });
    if (!row) return null;
    const caller = callerOf({
      keyId: row.id,
      scopes: row.scopes,
      proof: { kind: 'key' },
      providerId: row.provider_id,
      providerCode: row.provider_code,
    });
    return { caller, isLive: row.is_live };
  }

  /**
   * Makes a key for a provider. Who may grant which scopes is for the route to check. Of one name two may be
   * active at once, so that one can take the place of the other; 409 for a third.
   */
  async create(request: ApiKeyRequest): Promise<CreatedApiKey> {
    const { providerId, name, scopes, expiresAt } = request;
    const key = newApiKey();
    const id = newId();
    const createdAt = await this.database.transaction(async (tx) => {
      await lockKeyName(tx, providerId, name);
      const active = await listActiveKeys(tx, providerId, name);
      if (active.length >= ACTIVE_KEYS_MAX) throw tooManyActive(name, active);
      return insertApiKey(tx, { id, providerId, name, scopes, key_sha256: apiKeySha256(key), expiresAt });
    });
    return { id, name, scopes, createdAt, expiresAt, key };
  }

  /** A provider's keys, oldest first, without their secrets. */
  async list(query: { providerId: string; afterId: string | null; limit: number }): Promise<ApiKeyRow[]> {
    return listApiKeys(this.database, query);
  }

  /** Revokes a provider's key at once, in every process; says whether it was before, or is not the provider's. */
  async revoke(providerId: string, id: string): Promise<'revoked' | 'revoked_before' | 'unknown'> {
    return this.database.transaction((tx) => revokeApiKey(tx, providerId, id));
  }

  /**
   * Sees to it that the operator has a key. A configured one is registered, and one configured before it is
   * revoked. Without one, the very first start makes a key and returns it, to be shown this once.
   */
  async ensureOperatorKey(configured?: string): Promise<{ key: string | null; created: boolean }> {
    return this.database.transactionFor(OPERATOR, async (tx) => {
      await lockOperatorKeys(tx);
      if (configured !== undefined) return this.registerConfigured(tx, configured);
      const keys = await listOperatorKeys(tx);
      if (keys.some(({ revoked }) => !revoked)) return { key: null, created: false };
      const key = newApiKey();
      await this.insertOperatorKey(tx, 'first start', key);
      return { key, created: true };
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.uses.settled();
  }

  private async registerConfigured(tx: Transaction, key: string): Promise<{ key: string; created: boolean }> {
    if (!isApiKey(key)) throw new Error('The configured operator key has a wrong checksum; it was mistyped.');
    const key_sha256 = apiKeySha256(key);
    const keys = await listOperatorKeys(tx);
    const former = keys.filter((row) => row.name === CONFIGURED_NAME && !row.revoked);
    for (const row of former) {
      if (!row.key_sha256.equals(key_sha256)) await this.setRevoked(tx, row.id, true);
    }
    const present = keys.find((row) => row.key_sha256.equals(key_sha256));
    if (present?.revoked) await this.setRevoked(tx, present.id, false);
    if (present) return { key, created: false };
    await this.insertOperatorKey(tx, CONFIGURED_NAME, key);
    return { key, created: true };
  }

  private async insertOperatorKey(tx: Transaction, name: string, key: string): Promise<void> {
    const id = newId();
    const scopes = ['operator'] as const;
    const key_sha256 = apiKeySha256(key);
    await insertApiKey(tx, { id, providerId: null, name, scopes, key_sha256, expiresAt: null });
    this.audit.record(tx, {
      action: 'api_key.create',
      resource: { kind: 'api_key', id },
      parties: [],
      after: { name, scopes, expiresAt: null },
    });
  }

  private async setRevoked(tx: Transaction, id: string, revoked: boolean): Promise<void> {
    await setOperatorKeyRevoked(tx, id, revoked);
    this.audit.record(tx, {
      action: revoked ? 'api_key.revoke' : 'api_key.reinstate',
      resource: { kind: 'api_key', id },
      parties: [],
      before: { revoked: !revoked },
      after: { revoked },
    });
  }
}

function tooManyActive(name: string, ids: readonly string[]): Problem {
  const detail =
    `Two keys named ${JSON.stringify(name)} are active: ${ids.join(' and ')}. ` +
    'Revoke the one that is no longer used with DELETE, or choose another name.';
  return accessProblems.too_many_active_keys(detail, {
    errors: [{ pointer: '/name', code: 'too_many_active_keys', detail }],
  });
}
