import { Injectable } from '@nestjs/common';
import {
  AccessService,
  allows,
  type ApiKeyRow,
  type Caller,
  type CreatedApiKey,
  type Scope,
} from '../access/index.js';
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
    private readonly access: AccessService,
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
    return this.access.create({ providerId: provider.id, ...grant });
  }

  /** A provider's keys, without their secrets. */
  async list(code: string, caller: Caller, position: ListPosition): Promise<ApiKeyRow[]> {
    const provider = await this.providers.requireOwn(code, caller);
    return this.access.list({ providerId: provider.id, ...position });
  }

  /** Revokes a key at once; 404 when the provider has no such key. */
  async revoke(code: string, caller: Caller, id: string): Promise<void> {
    const provider = await this.providers.requireOwn(code, caller);
    if (isId(id) && (await this.access.revoke(provider.id, id))) return;
    throw providersProblems.api_key_not_found('The provider has no API key with this id.');
  }
}
