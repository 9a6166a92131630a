import { Injectable } from '@nestjs/common';
import { AuditService } from '../access/index.js';
import { concerning, type Agreement } from '../agreements/index.js';
import { Database, type Transaction } from '../platform/database/index.js';
import { isSignedBy, readDetachedJws, SigningService } from '../platform/signing/index.js';
import { SigningKeysService } from '../providers/index.js';
import { canonicalStatement, issuedStatement, type IssuedStatement } from './rules/issued-statement.js';
import type { StatementDocument } from './rules/statement-document.js';
import { settlementProblems } from './settlement.errors.js';
import { insertSignature } from './sql/insert-signature.js';
import { listSignatures, type SignatureRow } from './sql/list-signatures.js';
import type { StatementRow } from './sql/statement-row.js';

/** Signatures under issued statements: the service's at the issue, a party's when it accepts. */
@Injectable()
export class SignaturesService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly keys: SigningKeysService,
    private readonly signing: SigningService,
  ) {}

  /** The service's own signature over the statement's JSON, with the issue. */
  async signIssued(tx: Transaction, agreementId: string, statement: IssuedStatement): Promise<void> {
    const { kid, publicJwk } = await this.signing.current();
    const jws = await this.signing.sign(statement);
    const signedAt = new Date(statement.issuedAt);
    await insertSignature(
      tx,
      { agreementId, id: statement.id },
      { providerId: null, kid, publicJwk, jws, signedAt },
    );
  }

  /** Keeps a party's signature. Throws `signature_invalid` unless a key that it registered made it over the JSON. */
  async countersign(
    tx: Transaction,
    statement: StatementRow,
    { providerId, agreement }: { providerId: string; agreement: Agreement },
    jws: string,
    signedAt: Date,
  ): Promise<void> {
    const header = readDetachedJws(jws);
    if (!header) throw invalid('send a detached JWS (header..signature) of Ed25519, with alg EdDSA');
    const key = (await this.keys.list(providerId)).find(({ kid }) => kid === header.kid);
    if (!key) throw invalid('use a key that you registered, with its thumbprint as the kid of the header');
    if (key.revokedAt) throw invalid('use a key that is not revoked');
    const document = JSON.parse(statement.document) as StatementDocument;
    const payload = Buffer.from(canonicalStatement(issuedStatement(document, statement)));
    if (!(await isSignedBy(jws, payload, key.publicJwk))) {
      throw invalid('sign the bytes of the statement’s .json download, exactly as they are');
    }
    const { kid, publicJwk } = key;
    if (!(await insertSignature(tx, statement, { providerId, kid, publicJwk, jws, signedAt }))) return;
    this.audit.record(tx, {
      action: 'statement.sign',
      resource: { kind: 'statement', id: statement.id },
      ...concerning(agreement),
      after: { kid },
    });
  }

  async list(statement: StatementRow): Promise<SignatureRow[]> {
    return listSignatures(this.database, statement);
  }
}

function invalid(detail: string): Error {
  return settlementProblems.signature_invalid('The signature cannot be taken.', {
    errors: [{ pointer: '/signature', code: 'signature_invalid', detail }],
  });
}
