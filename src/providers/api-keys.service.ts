import { Injectable } from '@nestjs/common';
import {
  AccessService,
  allows,
  AuditService,
  type ApiKeyRow,
  type Caller,
  type CreatedApiKey,
  type Scope,
} from '../access/index.js';
import { formatInstant } from '../period/index.js';
import { Database } from '../platform/database/index.js';
import { isId } from '../platform/ids/index.js';
import { validationFailed } from '../platform/http/index.js';
import { providersProblems } from './providers.errors.js';
import { ProvidersService, type ListPosition } from './providers.service.js';

/** What a provider's new key is to be. */
export interface ApiKeyGrant {
  name: string;
  scopes: readonly Scope[];
  expiresAt: Date | null;
}

/** Keys of providers: who may make, see and revoke them. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly access: AccessService,
    private readonly audit: AuditService,
    private readonly providers: ProvidersService,
  ) {}

  /** Makes a key; nobody grants more than they hold, and nobody makes another operator. */
  async create(code: string, caller: Caller, grant: ApiKeyGrant): Promise<CreatedApiKey> {
    const provider = await this.providers.requireOwn(code, caller);
    const refused = grant.scopes.find((scope) => scope === 'operator' || !allows(caller.scopes, scope));
    if (refused !== undefined) {
      throw providersProblems.scope_not_grantable(
        refused === 'operator'
          ? 'The scope operator is not for a provider’s key.'
          : `Your own key lacks the scope ${refused}, so it cannot grant it.`,
      );
    }
    if (grant.expiresAt && grant.expiresAt.getTime() <= Date.now()) {
      const detail = 'expiresAt must lie in the future.';
      throw validationFailed([{ pointer: '/expiresAt', code: 'in_future', detail }]);
    }
    return this.database.transaction(async (tx) => {
      const created = await this.access.create({ providerId: provider.id, ...grant });
      const { id, name, scopes, expiresAt } = created;
      this.audit.record(tx, {
        action: 'api_key.create',
        resource: { kind: 'api_key', id },
        parties: [provider],
        after: { name, scopes, expiresAt: expiresAt && formatInstant(expiresAt.getTime()) },
      });
      return created;
    });
  }

  /** A provider's keys, without their secrets. */
  async list(code: string, caller: Caller, position: ListPosition): Promise<ApiKeyRow[]> {
    const provider = await this.providers.requireOwn(code, caller);
    return this.access.list({ providerId: provider.id, ...position });
  }

  /** Revokes a key at once; 404 when the provider has no such key. */
  async revoke(code: string, caller: Caller, id: string): Promise<void> {
    const provider = await this.providers.requireOwn(code, caller);
    await this.database.transaction(async (tx) => {
      const outcome = isId(id) ? await this.access.revoke(provider.id, id) : 'unknown';
      if (outcome === 'unknown')
        throw providersProblems.api_key_not_found('The provider has no API key with this id.');
      if (outcome === 'revoked_before') return;
      this.audit.record(tx, {
        action: 'api_key.revoke',
        resource: { kind: 'api_key', id },
        parties: [provider],
        before: { revoked: false },
        after: { revoked: true },
      });
    });
  }
}
