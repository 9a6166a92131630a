import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint } from 'jose';
import { AuditService, type AuditedParty } from '../access/index.js';
import { Database } from '../platform/database/index.js';
import { providersProblems } from './providers.errors.js';
import { insertSigningKey } from './sql/insert-signing-key.js';
import { revokeSigningKey } from './sql/revoke-signing-key.js';
import { listSigningKeys, type SigningKeyRow } from './sql/list-signing-keys.js';

const KEYS_MAX = 100;

/**
 * The public keys with which providers sign what they accept. One that is revoked stays listed for whoever checks an
 * older signature, and signs nothing any more.
 */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Registers a public key of Ed25519; the same one again changes nothing, unless it is revoked. */
  async register(
    { id: providerId, code }: AuditedParty,
    publicJwk: SigningKeyRow['publicJwk'],
  ): Promise<SigningKeyRow> {
    const kid = await calculateJwkThumbprint(publicJwk);
    return this.database.transaction(async (tx) => {
      const before = await listSigningKeys(tx, providerId);
      const known = before.find((key) => key.kid === kid);
      if (known?.revokedAt) {
        throw providersProblems.signing_key_revoked('The key was revoked, for good; register another one.');
      }
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

  /** Revokes a key at once; again changes nothing. Throws where there is no such key. */
  async revoke({ id: providerId, code }: AuditedParty, kid: string): Promise<SigningKeyRow> {
    return this.database.transaction(async (tx) => {
      if (await revokeSigningKey(tx, providerId, kid)) {
        this.audit.record(tx, {
          action: 'signing_key.revoke',
          resource: { kind: 'signing_key', id: kid },
          parties: [{ id: providerId, code }],
        });
      }
      const key = (await listSigningKeys(tx, providerId)).find((each) => each.kid === kid);
      if (!key) throw providersProblems.signing_key_not_found('The provider has registered no such key.');
      return key;
    });
  }

  async list(providerId: string): Promise<SigningKeyRow[]> {
    return listSigningKeys(this.database, providerId);
  }
}
