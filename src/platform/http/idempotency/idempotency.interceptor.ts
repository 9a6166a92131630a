import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { Database, type Transaction } from '../../database/index.js';
import { renderProblem, type Answer } from '../render-problem.js';
import { StoredAnswer } from '../stored-answer.js';
import { toProblem } from '../to-problem.js';
import { bodySha256, fingerprintOf, requireClaim, type IdempotencyClaim } from './claim.js';
import { IDEMPOTENT, type IdempotentOptions } from './idempotent.js';
import { IdempotencyService } from './idempotency.service.js';

/** Headers that belong to the answer itself, and not to the exchange. */
const STORED_HEADERS = ['Content-Type', 'Location', 'ETag'];

/** Refusals that say nothing of the request itself: the same request may succeed a moment later. */
const TRANSIENT_STATUSES = new Set([408, 429]);

/**
 * Runs an idempotent route inside one transaction with the key it stores: what the route changed and the
 * answer that says so either both last or both do not.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const options = this.reflector.get<IdempotentOptions | undefined>(IDEMPOTENT, context.getHandler());
    return options ? from(this.run(context, next, options)) : next.handle();
  }

  private async run(
    context: ExecutionContext,
    next: CallHandler,
    options: IdempotentOptions,
  ): Promise<Buffer> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const claim = requireClaim(request);
    const fingerprint = fingerprintOf(request, bodySha256(request));
    const outcome = await this.database.transaction(async (tx) => {
      await this.idempotency.claim(tx, claim);
      const stored = await this.idempotency.replay(tx, claim, fingerprint);
      if (stored) return { refusal: new StoredAnswer(stored) };
      return this.first(tx, { claim, fingerprint, request, reply, next, options });
    });
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.body;
  }

  /** The first request under a key. The handler's own transaction joins this one. */
  private async first(tx: Transaction, run: FirstRun): Promise<{ body: Buffer } | { refusal: unknown }> {
    let value: unknown;
    try {
      // Awaited here, so that the handler runs in this transaction's asynchronous context.
      value = await tx.attempt(() => firstValueFrom(run.next.handle(), { defaultValue: undefined }));
    } catch (error) {
      const problem = toProblem(error);
      const { status } = problem.definition;
      if (status >= 500 || TRANSIENT_STATUSES.has(status)) throw error;
      const { body, headers } = renderProblem(problem, run.request);
      await this.store(tx, run, { status, headers: selected((name) => headers[name]), body });
      return { refusal: error };
    }
    const { reply, options } = run;
    const body = bytesOf(value);
    if (body.length > 0 && !reply.hasHeader('content-type')) reply.type('application/json; charset=utf-8');
    await this.store(tx, run, {
      status: reply.statusCode,
      headers: selected((name) => reply.getHeader(name)),
      body: options.withoutBody ? bytesOf(without(value, options.withoutBody)) : body,
    });
    return { body };
  }

  private store(tx: Transaction, { claim, fingerprint }: FirstRun, answer: Answer): Promise<void> {
    return this.idempotency.store(tx, claim, fingerprint, answer);
  }
}

interface FirstRun {
  claim: IdempotencyClaim;
  fingerprint: Buffer;
  request: FastifyRequest;
  reply: FastifyReply;
  next: CallHandler;
  options: IdempotentOptions;
}

function bytesOf(value: unknown): Buffer {
  if (value === undefined) return Buffer.alloc(0);
  return Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
}

function without(value: unknown, members: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([member]) => !members.includes(member)));
}

function selected(header: (name: string) => unknown): Record<string, string> {
  const present = STORED_HEADERS.flatMap((name) => {
    const value = header(name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(present);
}
