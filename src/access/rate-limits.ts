import { createHash } from 'node:crypto';
import { Injectable, Logger, Optional, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Counter } from 'prom-client';
import { Config } from '../platform/config/index.js';
import { Database } from '../platform/database/index.js';
import { Quota, Counters, type Allowance } from '../platform/limits/index.js';
import { Metrics } from '../platform/telemetry/index.js';
import { accessProblems } from './access.errors.js';
import { callerKey, type Caller } from './caller.js';
import { countedAddress } from './rules/address.js';
import type { ShownCredential } from './rules/credentials.js';
import { policyHeader, rateLimitHeader, type Policy } from './rules/rate-limit-headers.js';

type Kind = 'key' | 'provider' | 'address';

const REMEMBERED_MAX = 10_000;

/**
 * How often anybody may call: each key or token, each provider with all of its own, and each address as long as
 * it shows nothing valid. The first two are counted for all processes together. Strangers are counted by each
 * process alone, so that they cost no round trip; who holds a valid key never pays for others at their address.
 */
@Injectable()
export class RateLimits implements OnModuleDestroy {
  private readonly logger = new Logger('access');
  private readonly counters: Counters;
  private readonly quotas: Record<Kind, Quota>;
  private readonly policies: Record<Kind, Policy>;
  /** Hashes of credentials that were valid when they were last seen. */
  private readonly remembered = new Set<string>();
  private isFailing = false;
  private readonly refused: Counter<'policy'>;
  private readonly failed: Counter;

  constructor(database: Database, metrics: Metrics, @Optional() config: Config = new Config()) {
    const window_s = config.RATE_LIMIT_WINDOW_S;
    this.counters = new Counters({ database, redisUrl: config.REDIS_URL, window_s });
    const policy = (name: Kind, limit: number): Policy => ({ name, limit, window_s });
    this.policies = {
      key: policy('key', config.RATE_LIMIT_PER_KEY),
      provider: policy('provider', config.RATE_LIMIT_PER_PROVIDER),
      address: policy('address', config.RATE_LIMIT_PER_ADDRESS),
    };
    this.quotas = {
      key: this.shared('key'),
      provider: this.shared('provider'),
      address: this.ownOf('address'),
    };
    this.refused = new Counter({
      name: 'peerledger_rate_limited_requests_total',
      help: 'Requests that were answered 429, by the limit that they ran into',
      labelNames: ['policy'],
      registers: [metrics.registry],
    });
    this.failed = new Counter({
      name: 'peerledger_rate_limit_failures_total',
      help: 'Times that the shared count could not be had, so that this process counted for itself',
      registers: [metrics.registry],
    });
  }

  /** 429 for a caller whose key or provider has called too often; else the headers that say what is left. */
  async admitCaller(caller: Caller, reply: FastifyReply): Promise<void> {
    const subjects: [Kind, string][] = [['key', caller.keyId]];
    if (caller.kind === 'provider') subjects.push(['provider', callerKey(caller)]);
    await this.admit(subjects, reply);
  }

  /** 429 for a stranger whose address has called too often. */
  async admitStranger(address: string, reply: FastifyReply): Promise<void> {
    await this.admit([['address', countedAddress(address)]], reply);
  }

  /**
   * 429, before anything is looked up, for an address that has shown too much that was not valid. Credentials
   * that were valid a while ago pass, whoever else is at the address.
   */
  refuseStranger(address: string, credential: ShownCredential | null, reply: FastifyReply): void {
    const refusal = this.quotas.address.refusal(countedAddress(address));
    if (!refusal || (credential && this.remembered.has(nameOf(credential)))) return;
    this.announce([['address', refusal]], reply);
    throw this.refuse('address', refusal);
  }

  /** Counts a request whose credential was not valid, or is no longer. */
  async countStranger(
    address: string,
    credential: ShownCredential | null,
    reply: FastifyReply,
  ): Promise<void> {
    if (credential) this.remembered.delete(nameOf(credential));
    this.announce([['address', await this.quotas.address.take(countedAddress(address))]], reply);
  }

  /** Lets a credential that is valid pass from now on, whatever others at its address do. */
  remember(credential: ShownCredential): void {
    const name = nameOf(credential);
    if (this.remembered.has(name)) return;
    const [oldest] = this.remembered;
    if (this.remembered.size >= REMEMBERED_MAX && oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.add(name);
  }

  onModuleDestroy(): void {
    this.counters.close();
  }

  private async admit(subjects: readonly [Kind, string][], reply: FastifyReply): Promise<void> {
    const allowances: [Kind, Allowance][] = [];
    for (const [kind, subject] of subjects) {
      const allowance = await this.quotas[kind].take(subject);
      allowances.push([kind, allowance]);
      // One that is refused by its key's limit does not count for its provider.
      if (!allowance.isAllowed) break;
    }
    this.announce(allowances, reply);
    const refused = allowances.find(([, { isAllowed }]) => !isAllowed);
    if (refused) throw this.refuse(...refused);
  }

  private announce(allowances: readonly [Kind, Allowance][], reply: FastifyReply): void {
    const policies = allowances.map(([kind]) => this.policies[kind]);
    const left = allowances.map(([name, { remaining, resets_s }]) => ({ name, remaining, resets_s }));
    reply.header('RateLimit-Policy', policyHeader(policies));
    reply.header('RateLimit', rateLimitHeader(left));
  }

  private refuse(kind: Kind, { resets_s }: Allowance): Error {
    this.refused.inc({ policy: kind });
    const { limit, window_s } = this.policies[kind];
    const whose = {
      key: 'This key',
      provider: 'This provider',
      address: 'This address, without a valid key,',
    }[kind];
    return accessProblems.rate_limited(
      `${whose} has ${limit} requests in ${window_s} s, and they are used up; try again in ${resets_s} s.`,
      { headers: { 'Retry-After': String(resets_s) } },
    );
  }

  private shared(kind: Kind): Quota {
    const counter = this.counters.of(kind);
    const noted = {
      add: async (subject: string, amount: number) => {
        const answer = await counter.add(subject, amount);
        if (this.isFailing) this.logger.log('rate limits are counted for all processes again');
        this.isFailing = false;
        return answer;
      },
    };
    return new Quota({
      ...this.policies[kind],
      counter: noted,
      onFailure: (error) => this.noteFailure(error),
    });
  }

  private ownOf(kind: Kind): Quota {
    return new Quota({ ...this.policies[kind], counter: null });
  }

  private noteFailure(error: unknown): void {
    this.failed.inc();
    if (!this.isFailing)
      this.logger.warn({ err: error, consequence: 'each process counts rate limits alone' });
    this.isFailing = true;
  }
}

/** Memory that somebody reads should not hold keys that work. */
function nameOf({ kind, secret }: ShownCredential): string {
  return `${kind} ${createHash('sha256').update(secret).digest('base64')}`;
}
