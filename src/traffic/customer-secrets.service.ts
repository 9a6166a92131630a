import { Injectable } from '@nestjs/common';
import { AuditService } from '../access/index.js';
import { Config, listOf } from '../platform/config/index.js';
import { Database, type Transaction } from '../platform/database/index.js';
import type { Provider } from '../providers/index.js';
import { openKey, ownerOf, sealKey } from './customer-keys.js';
import { listCustomerKeys } from './sql/list-customer-keys.js';
import { lockCustomerKeys } from './sql/lock-customer-keys.js';
import { resealCustomerKey } from './sql/reseal-customer-key.js';

/** What became of one provider's keys, counted; destroyed ones are not among them. */
export interface Resealing {
  /** Sealed with the first secret, before or now. */
  current_count: number;
  /** Of those, sealed anew. */
  resealed_count: number;
  /** Sealed with a secret that is not configured: nobody can open them without it. */
  lost_count: number;
}

/** The secrets that providers' keys are sealed with, and how one takes the place of another. */
@Injectable()
export class CustomerSecretsService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly config: Config,
  ) {}

  /**
   * Seals every key of a provider with the first secret of the configuration that is sealed with another one of it.
   * The keys stay what they are, and with them all pseudonyms; done again it changes nothing.
   */
  async reseal(provider: Pick<Provider, 'id' | 'code'>): Promise<Resealing> {
    const secrets = listOf(this.config.CUSTOMER_KEY_SECRET);
    return this.database.transactionFor({ kind: 'provider', providerId: provider.id }, async (tx) => {
      await lockCustomerKeys(tx, provider.id);
      const done: Resealing = { current_count: 0, resealed_count: 0, lost_count: 0 };
      for (const { version, sealed } of await listCustomerKeys(tx, provider.id)) {
        if (!sealed) continue;
        const owner = ownerOf(provider.id, version);
        const opened = openKey(secrets, owner, sealed);
        if (!opened) {
          done.lost_count += 1;
          continue;
        }
        done.current_count += 1;
        if (opened.isSealedWithFirst) continue;
        await resealCustomerKey(tx, provider.id, version, sealKey(secrets[0]!, owner, opened.key));
        this.record(tx, provider, version);
        done.resealed_count += 1;
      }
      return done;
    });
  }

  private record(tx: Transaction, { id, code }: Pick<Provider, 'id' | 'code'>, version: number): void {
    this.audit.record(tx, {
      action: 'customer_key.reseal',
      resource: { kind: 'customer_key', id: `${code}/${version}` },
      parties: [{ id, code }],
      after: { version },
    });
  }
}
