import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Database, OPERATOR } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { credentialOf } from './caller.js';
import { DenialTally } from './denial-tally.js';
import { isDenial, resourceIn, type DenialRow, type DeniedActor } from './rules/denial.js';
import { insertDenials } from './sql/insert-denials.js';

const WRITE_INTERVAL_MS = 5_000;

/**
 * Logs attempts that were denied, after they were answered and outside of any transaction. One that comes when
 * nothing has been written for `WRITE_INTERVAL_MS` is written at once, and what follows it is gathered for as long:
 * that is what may be lost with a process that is killed. The request log has them all.
 */
@Injectable()
export class DenialLog implements OnModuleDestroy {
  private readonly logger = new Logger('audit');
  private readonly tally = new DenialTally();
  private timer: NodeJS.Timeout | null = null;
  private writtenAt_ms = -Infinity;
  private writing = Promise.resolve();

  constructor(private readonly database: Database) {}

  /** Notes a request that was answered, if it was denied. */
  note(request: FastifyRequest, reply: FastifyReply): void {
    const { statusCode: status } = reply;
    if (request.is404 || !request.routeOptions.config.needsCaller || !isDenial(status)) return;
    const denial = {
      actor: actorOf(request),
      requestId: request.id,
      address: request.ip,
      method: request.method,
      route: request.routeOptions.url ?? '',
      resource: resourceIn(request.params as Record<string, unknown>),
      status,
      code: request.problemCode ?? null,
    };
    this.tally.note(denial, new Date());
    this.timer ??= setInterval(() => void this.write(), WRITE_INTERVAL_MS).unref();
    if (performance.now() - this.writtenAt_ms >= WRITE_INTERVAL_MS) void this.write();
  }

  /** Writes what has been noted, one time after the other, and ends when all of it is written. */
  write(last = false): Promise<void> {
    const rows = this.tally.take(new Date(), last);
    if (rows.length > 0) {
      this.writtenAt_ms = performance.now();
      this.writing = this.writing.then(() => this.insert(rows));
    }
    return this.writing;
  }

  /** What cannot be written is counted among what was left out. */
  private async insert(rows: readonly DenialRow[]): Promise<void> {
    try {
      const named = rows.map((row) => ({ ...row, id: newId() }));
      await this.database.actFor(OPERATOR, () => insertDenials(this.database, named));
    } catch (error) {
      this.tally.giveBack(rows);
      this.logger.warn({ err: error, rows: rows.length }, 'denied attempts could not be logged');
    }
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.write(true);
  }
}

function actorOf({ caller, refusedKey }: FastifyRequest): DeniedActor {
  const holder = caller ?? refusedKey;
  if (!holder) return { kind: 'unknown', providerId: null, credential: null };
  return {
    kind: holder.kind,
    providerId: holder.kind === 'provider' ? holder.providerId : null,
    credential: credentialOf(holder),
  };
}
