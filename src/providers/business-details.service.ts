import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditService, type AuditedParty } from '../access/index.js';
import { Database, type Queryable } from '../platform/database/index.js';
import type { BusinessDetails } from './rules/business-details.js';
import { findBusinessDetails } from './sql/find-business-details.js';
import { insertBusinessDetails } from './sql/insert-business-details.js';

const NOTHING_KNOWN: BusinessDetails = {
  legalName: null,
  address: null,
  vatId: null,
  registrationId: null,
  endpoint: null,
};

/** What documents say of providers. A statement keeps what was known at its issue. */
@Injectable()
export class BusinessDetailsService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  async of(db: Queryable, providerId: string): Promise<BusinessDetails> {
    return { ...NOTHING_KNOWN, ...(await findBusinessDetails(db, providerId)) };
  }

  /** Replaces all of a provider's details, for statements that are issued from now on; the same again changes nothing. */
  async replace({ id, code }: AuditedParty, details: BusinessDetails): Promise<BusinessDetails> {
    return this.database.transaction(async (tx) => {
      const before = await this.of(tx, id);
      if (isDeepStrictEqual(before, { ...NOTHING_KNOWN, ...details })) return before;
      await insertBusinessDetails(tx, id, details);
      this.audit.record(tx, {
        action: 'provider.describe',
        resource: { kind: 'provider', id: code },
        parties: [{ id, code }],
        before: { ...before },
        after: { ...details },
      });
      return this.of(tx, id);
    });
  }
}
