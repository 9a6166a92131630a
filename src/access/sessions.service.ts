import { randomBytes } from 'node:crypto';
import { Injectable, Logger, Optional, type OnModuleDestroy } from '@nestjs/common';
import { formatInstant } from '../period/index.js';
import { Config } from '../platform/config/index.js';
import { Database } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { AuditService, type AuditedParty } from './audit.service.js';
import { callerOf, type Caller, type Holder, type Session } from './caller.js';
import { RecordedUses } from './recorded-uses.js';
import { isSessionSecret, sessionSha256 } from './rules/session-secret.js';
import { deleteEndedSessions } from './sql/delete-ended-sessions.js';
import { deleteSession } from './sql/delete-session.js';
import { deleteSurplusSessions } from './sql/delete-surplus-sessions.js';
import { findSession } from './sql/find-session.js';
import { insertSession } from './sql/insert-session.js';
import { touchSession } from './sql/touch-session.js';

const SECRET_BYTES = 32;
const TOUCH_INTERVAL_MAX_S = 60;
/** Of one key: people at work at once, each with a few browsers. */
const SESSIONS_MAX = 100;

/** Sessions of the web console: each stands for the key or token that it was made from. */
@Injectable()
export class SessionsService implements OnModuleDestroy {
  private readonly uses: RecordedUses;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    @Optional() private readonly config: Config = new Config(),
  ) {
    this.uses = new RecordedUses(
      // Often enough that one in use never counts as idle.
      Math.min(TOUCH_INTERVAL_MAX_S, config.SESSION_IDLE_S / 4),
      (id, interval_s) => touchSession(database, id, interval_s),
      new Logger('access'),
    );
  }

  /** How long a session lasts without being used, in seconds. */
  get idle_s(): number {
    return this.config.SESSION_IDLE_S;
  }

  /**
   * Makes a session with the caller's scopes, which lasts no longer than the caller's key or token. Of the many
   * of one key the oldest give way. The secret is for its cookie, and nothing here can show it again.
   */
  async create(caller: Caller): Promise<Session & { secret: string }> {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const id = newId();
    const { keyId, scopes, proof } = caller;
    const times = await this.database.transaction(async (tx) => {
      const inserted = await insertSession(tx, {
        id,
        secret_sha256: sessionSha256(secret),
        keyId,
        apiKeyId: proof.kind === 'key' ? keyId : null,
        providerId: caller.kind === 'provider' ? caller.providerId : null,
        scopes,
        life_s: this.config.SESSION_LIFE_S,
        expiresAt: proof.kind === 'token' ? proof.expiresAt : null,
      });
      await deleteSurplusSessions(tx, keyId, SESSIONS_MAX);
      this.audit.record(tx, {
        action: 'session.create',
        resource: { kind: 'session', id },
        parties: partiesOf(caller),
        after: { scopes, expiresAt: formatInstant(inserted.expiresAt.getTime()) },
      });
      return inserted;
    });
    return { id, ...times, secret };
  }

  /**
   * Who a session's secret stands for, or stood for before it was over, idle for too long, or its key revoked or
   * expired; null when there is no such session.
   */
  async holderOf(secret: string): Promise<Holder | null> {
    if (!isSessionSecret(secret)) return null;
    const secret_sha256 = sessionSha256(secret);
    const row = await this.database.actFor({ kind: 'bearer', secret_sha256 }, async () => {
      const found = await findSession(this.database, secret_sha256, this.config.SESSION_IDLE_S);
      if (found?.is_live) this.uses.note(found.id);
      return found;
    });
    if (!row) return null;
    const session = { id: row.id, createdAt: row.created_at, expiresAt: row.expires_at };
    const caller = callerOf({
      keyId: row.key_id,
      scopes: row.scopes,
      proof: { kind: 'session', session },
      providerId: row.provider_id,
      providerCode: row.provider_code,
    });
    return { caller, isLive: row.is_live };
  }

  /** Ends a caller's session at once, in every process. */
  async end(caller: Caller, { id }: Session): Promise<void> {
    await this.database.transaction(async (tx) => {
      await deleteSession(tx, id);
      this.audit.record(tx, {
        action: 'session.end',
        resource: { kind: 'session', id },
        parties: partiesOf(caller),
      });
    });
  }

  /** Deletes the rows of sessions that can no longer be used; for a worker to call now and then. */
  async deleteEnded(): Promise<number> {
    return deleteEndedSessions(this.database, this.config.SESSION_IDLE_S);
  }

  async onModuleDestroy(): Promise<void> {
    await this.uses.settled();
  }
}

function partiesOf(caller: Caller): AuditedParty[] {
  return caller.kind === 'provider' ? [{ id: caller.providerId, code: caller.providerCode }] : [];
}
