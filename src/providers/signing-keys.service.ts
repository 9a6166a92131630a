import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint } from 'jose';
import { AuditService, type AuditedParty } from '../access/index.js';
import { Database } from '../platform/database/index.js';
import { providersProblems } from './providers.errors.js';
import { insertSigningKey } from './sql/insert-signing-key.js';
import { listSigningKeys, type SigningKeyRow } from './sql/list-signing-keys.js';

const KEYS_MAX = 100;

/** The public keys with which providers sign what they accept. None is ever taken back: old signatures stay. */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Registers a public key of Ed25519; the same one again changes nothing. */
  async register(
    { id: providerId, code }: AuditedParty,
    publicJwk: SigningKeyRow['publicJwk'],
  ): Promise<SigningKeyRow> {
    const kid = await calculateJwkThumbprint(publicJwk);
    return this.database.transaction(async (tx) => {
      const before = await listSigningKeys(tx, providerId);
      const known = before.find((key) => key.kid === kid);
      if (known) return known;
      if (before.length >= KEYS_MAX) {
        throw providersProblems.too_many_signing_keys(
          `A provider has at most ${KEYS_MAX} keys to sign with.`,
        );
      }
      await insertSigningKey(tx, providerId, { kid, publicJwk });
      this.audit.record(tx, {
        action: 'signing_key.register',
        resource: { kind: 'signing_key', id: kid },
        parties: [{ id: providerId, code }],
        after: { publicJwk },
      });
      return (await listSigningKeys(tx, providerId)).find((key) => key.kid === kid)!;
    });
  }

  async list(providerId: string): Promise<SigningKeyRow[]> {
    return listSigningKeys(this.database, providerId);
  }
}
