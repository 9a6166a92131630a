import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Database, type Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { accessProblems } from './access.errors.js';
import { AuditService } from './audit.service.js';
import type { Caller } from './caller.js';
import { newApiKey } from './new-api-key.js';
import { apiKeySha256, isApiKey } from './rules/api-key.js';
import type { Scope } from './rules/scopes.js';
import { findKeyHolder, type KeyHolderRow } from './sql/find-key-holder.js';
import { insertApiKey } from './sql/insert-api-key.js';
import { listApiKeys, type ApiKeyRow } from './sql/list-api-keys.js';
import { listOperatorKeys } from './sql/list-operator-keys.js';
import { lockOperatorKeys } from './sql/lock-operator-keys.js';
import { revokeApiKey } from './sql/revoke-api-key.js';
import { setOperatorKeyRevoked } from './sql/set-operator-key-revoked.js';
import { touchApiKey } from './sql/touch-api-key.js';

const TOUCH_INTERVAL_S = 60;
const TOUCHES_MAX = 10_000;

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
  private readonly logger = new Logger('access');
  private readonly touchedAt_ms = new Map<string, number>();
  private readonly touches = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /**
   * The caller that an `Authorization` header names; 401 when it names nobody. Whoever held a key that is expired
   * or revoked is told to `refuse` before.
   */
  async authenticate(
    authorization: string | undefined,
    refuse: (holder: Caller) => void = () => undefined,
  ): Promise<Caller> {
    if (authorization === undefined) {
      throw unauthenticated('Send your API key as Authorization: Bearer plk_live_...', false);
    }
    const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    const holder =
      key !== undefined && isApiKey(key) && (await findKeyHolder(this.database, apiKeySha256(key)));
    if (holder && !holder.is_live) refuse(callerOf(holder));
    if (!holder || !holder.is_live)
      throw unauthenticated('The API key is not valid: mistyped, expired, revoked or never issued.', true);
    this.touch(holder.id);
    return callerOf(holder);
  }

  /** Makes a key for a provider. Who may grant which scopes is for the route to check. */
  async create(request: ApiKeyRequest): Promise<CreatedApiKey> {
    const { providerId, name, scopes, expiresAt } = request;
    const key = newApiKey();
    const id = newId();
    const createdAt = await this.database.transaction((tx) =>
      insertApiKey(tx, { id, providerId, name, scopes, key_sha256: apiKeySha256(key), expiresAt }),
    );
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
    return this.database.transaction(async (tx) => {
      await lockOperatorKeys(tx);
      if (configured !== undefined) return this.registerConfigured(tx, configured);
      const keys = await listOperatorKeys(tx);
      if (keys.some(({ revoked }) => !revoked)) return { key: null, created: false };
      const key = newApiKey();
      await this.insertOperatorKey(tx, 'first start', key);
      return { key, created: true };
    });
  }

  /** Waits for what is still being recorded, so that the pool can close behind it. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.touches);
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

  /** Records the use of a key without making the request wait, and seldom. */
  private touch(id: string): void {
    const now_ms = performance.now();
    const last_ms = this.touchedAt_ms.get(id);
    if (last_ms !== undefined && now_ms - last_ms < TOUCH_INTERVAL_S * 1000) return;
    if (this.touchedAt_ms.size >= TOUCHES_MAX) this.touchedAt_ms.clear();
    this.touchedAt_ms.set(id, now_ms);
    const touch = touchApiKey(this.database, id, TOUCH_INTERVAL_S)
      .catch((error: unknown) => this.logger.warn({ err: error, key_id: id }, 'access'))
      .finally(() => this.touches.delete(touch));
    this.touches.add(touch);
  }
}

function callerOf(row: KeyHolderRow): Caller {
  const holder = { keyId: row.id, scopes: row.scopes };
  if (row.provider_id === null || row.provider_code === null) return { kind: 'operator', ...holder };
  return { kind: 'provider', providerId: row.provider_id, providerCode: row.provider_code, ...holder };
}

function unauthenticated(detail: string, keyGiven: boolean): Error {
  const challenge = `Bearer realm="peerledger"${keyGiven ? ', error="invalid_token"' : ''}`;
  return accessProblems.unauthenticated(detail, { headers: { 'WWW-Authenticate': challenge } });
}
