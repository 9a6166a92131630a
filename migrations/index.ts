import type { MigrationInterface } from 'typeorm';
import { ServiceRole1764000000001 } from './1764000000001-service-role.js';
import { Providers1764000000002 } from './1764000000002-providers.js';
import { Idempotency1764000000003 } from './1764000000003-idempotency.js';
import { Ledger1764000000004 } from './1764000000004-ledger.js';
import { Agreements1764000000005 } from './1764000000005-agreements.js';
import { Traffic1764000000006 } from './1764000000006-traffic.js';
import { Settlement1764000000007 } from './1764000000007-settlement.js';
import { Jobs1764000000008 } from './1764000000008-jobs.js';
import { AgreementLife1764000000009 } from './1764000000009-agreement-life.js';
import { SigningKeys1764000000011 } from './1764000000011-signing-keys.js';
import { JobFailures1764000000012 } from './1764000000012-job-failures.js';
import { CompactRecords1764000000020 } from './1764000000020-compact-records.js';
import { BucketSides1764000000030 } from './1764000000030-bucket-sides.js';
import { LaterData1764000000031 } from './1764000000031-later-data.js';
import { Payments1764000000040 } from './1764000000040-payments.js';
import { LedgerBySet1764000000041 } from './1764000000041-ledger-by-set.js';
import { Integrity1764000000042 } from './1764000000042-integrity.js';
import { StatementLife1764000000050 } from './1764000000050-statement-life.js';
import { RenderingParts1764000000051 } from './1764000000051-rendering-parts.js';
import { StatementSignatures1764000000052 } from './1764000000052-statement-signatures.js';
import { Disputes1764000000060 } from './1764000000060-disputes.js';
import { EntriesOfTransactions1764000000062 } from './1764000000062-entries-of-transactions.js';
import { HistoryClock1764000000070 } from './1764000000070-history-clock.js';
import { RecordsByBatch1764000000071 } from './1764000000071-records-by-batch.js';
import { CheckedRenderings1764000000072 } from './1764000000072-checked-renderings.js';
import { RevokedSigningKeys1764000000073 } from './1764000000073-revoked-signing-keys.js';
import { BusinessDetails1764000000074 } from './1764000000074-business-details.js';
import { Sessions1764000000090 } from './1764000000090-sessions.js';
import { RateLimits1764000000091 } from './1764000000091-rate-limits.js';
import { Audit1764000000100 } from './1764000000100-audit.js';
import { CustomerPseudonyms1764000000101 } from './1764000000101-customer-pseudonyms.js';
import { GuardedRecords1764000000180 } from './1764000000180-guarded-records.js';
import { RowSecurity1764000000181 } from './1764000000181-row-security.js';
import { TwinsBySet1764000000182 } from './1764000000182-twins-by-set.js';
import { TenantsOwnCopies1764000000195 } from './1764000000195-tenants-own-copies.js';
import { AuditOfDisputes1764000000200 } from './1764000000200-audit-of-disputes.js';

/** Every migration, oldest first. A migration that has been released is never edited. */
export const migrations: readonly (new () => MigrationInterface)[] = [
  ServiceRole1764000000001,
  Providers1764000000002,
  Idempotency1764000000003,
  Ledger1764000000004,
  Agreements1764000000005,
  Traffic1764000000006,
  Settlement1764000000007,
  Jobs1764000000008,
  AgreementLife1764000000009,
  SigningKeys1764000000011,
  JobFailures1764000000012,
  CompactRecords1764000000020,
  BucketSides1764000000030,
  LaterData1764000000031,
  Payments1764000000040,
  LedgerBySet1764000000041,
  Integrity1764000000042,
  StatementLife1764000000050,
  RenderingParts1764000000051,
  StatementSignatures1764000000052,
  Disputes1764000000060,
  EntriesOfTransactions1764000000062,
  HistoryClock1764000000070,
  RecordsByBatch1764000000071,
  CheckedRenderings1764000000072,
  RevokedSigningKeys1764000000073,
  BusinessDetails1764000000074,
  Sessions1764000000090,
  RateLimits1764000000091,
  Audit1764000000100,
  CustomerPseudonyms1764000000101,
  GuardedRecords1764000000180,
  RowSecurity1764000000181,
  TwinsBySet1764000000182,
  TenantsOwnCopies1764000000195,
  AuditOfDisputes1764000000200,
];
