import { Redis } from 'ioredis';
import { RateLimiterPostgres, RateLimiterRedis, type RateLimiterStoreAbstract } from 'rate-limiter-flexible';
import { NOBODY, type Database } from '../database/index.js';
import type { SharedCounter } from './quota.js';

export interface CountersOptions {
  /** Where the counts are kept when there is no Redis. */
  database: Database;
  redisUrl?: string | undefined;
  window_s: number;
}

/** The table that a migration makes for the library: key, points, expire. */
const TABLE = 'rate_limits';
const REDIS_PREFIX = 'peerledger:rate';
const CONNECT_TIMEOUT_MS = 1_000;

/** Counters that all processes share: in Redis where one is given, else in an unlogged table of the database. */
export class Counters {
  private readonly redis: Redis | null;

  constructor(private readonly options: CountersOptions) {
    this.redis = options.redisUrl === undefined ? null : connect(options.redisUrl);
  }

  /** The counter of one kind of subject. */
  of(kind: string): SharedCounter {
    const limiter = this.limiter(kind);
    return {
      add: async (subject, amount) => {
        // The library's `consume` would refuse by its own limit; `penalty` counts, and leaves the rest to us.
        const { consumedPoints, msBeforeNext } = await limiter.penalty(subject, amount);
        return { count: consumedPoints, resets_ms: msBeforeNext };
      },
    };
  }

  close(): void {
    this.redis?.disconnect();
  }

  private limiter(kind: string): RateLimiterStoreAbstract {
    const { window_s: duration, database } = this.options;
    // Ours is the only limit; this one is what the library wants to be told.
    const common = { points: Number.MAX_SAFE_INTEGER, duration };
    if (this.redis) {
      return new RateLimiterRedis({
        ...common,
        storeClient: this.redis,
        keyPrefix: `${REDIS_PREFIX}:${kind}`,
      });
    }
    return new RateLimiterPostgres({
      ...common,
      storeClient: poolOf(database),
      storeType: 'pool',
      tableName: TABLE,
      tableCreated: true,
      keyPrefix: kind,
    });
  }
}

/** What the library knows of a pool of `pg`. */
function poolOf(database: Database): {
  query(statement: { text: string; values: unknown[]; name?: string }): Promise<{ rows: unknown[] }>;
} {
  return {
    query: async ({ text, values, name }) => ({
      rows: await database.actFor(NOBODY, () => database.query(text, values, name)),
    }),
  };
}

/** Connects with the first count, so that a process which counts nothing never does. */
function connect(url: string): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
  // Each count that fails because of it is told of there.
  redis.on('error', () => undefined);
  return redis;
}
