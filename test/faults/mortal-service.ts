import { requestsTo, type TestApi } from '../support/api.js';
import type { TestDatabase } from '../support/database.js';
import { PostgresTap, type Point } from '../support/postgres-tap.js';
import { Processes, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

/** What breaks, and where in the transaction. */
export interface Crash {
  victim: 'process' | 'connection';
  point: Point;
}

/** What came of work under a crash: it was done with all the same, or it died, before or after its COMMIT. */
export type Outcome<T> = { done: T } | { committed: boolean };

export interface MortalOptions {
  /** A worker alone, or with the API. */
  entry?: 'main' | 'worker';
  environment?: Record<string, string>;
}

/** A process of the service of which any transaction can be made the last; after it a fresh one can be started. */
export class MortalService {
  private readonly processes = new Processes();
  private service: Service | null = null;
  private ask: TestApi['request'] | null = null;

  private constructor(
    private readonly database: TestDatabase,
    private readonly tap: PostgresTap,
    private readonly options: MortalOptions,
  ) {}

  /** Starts no process yet. */
  static async behindTap(database: TestDatabase, options: MortalOptions = {}): Promise<MortalService> {
    return new MortalService(database, await PostgresTap.open(database.url), options);
  }

  /** How many statements its last transaction of consequence had. */
  get statements(): number {
    return this.tap.statements;
  }

  /** Starts a process where none lives. */
  async revive(): Promise<void> {
    if (this.service?.isRunning()) return;
    const { entry = 'main', environment } = this.options;
    const all = { DATABASE_URL: this.tap.url, JOB_LOCK_MS: '1000', RENDER_AHEAD: 'no', ...environment };
    this.service = this.processes[entry](all);
    await this.service.ready();
    this.ask = entry === 'main' ? requestsTo(this.service.url()) : null;
  }

  /** Sends a request to the process that lives now. An answer that says nothing of the request is as good as none. */
  readonly request: TestApi['request'] = async (...given) => {
    const answer = await this.ask!(...given);
    if (answer.status >= 500) throw new Error(`The service failed: ${answer.text}`);
    return answer;
  };

  /** Does work whose transaction, known by a mark among its first parameters, dies on its way. */
  async crashing<T>({ victim, point }: Crash, mark: string, work: () => Promise<T>): Promise<Outcome<T>> {
    const died = new Promise<{ committed: boolean; ports: number[] }>((resolve) => {
      this.tap.stopNext({
        ...{ mark, point },
        then: (stopped) => {
          const { committed, port } = stopped;
          resolve({ committed, ports: victim === 'process' ? this.tap.ports() : [port] });
          if (victim === 'process') this.service!.child.kill('SIGKILL');
          else stopped.cut();
        },
      });
    });
    const working = work().then((done) => ({ done }));
    // After the crash nobody waits for what it comes to.
    working.catch(() => undefined);
    const outcome = await Promise.race([died, working]);
    this.tap.letPass();
    if ('done' in outcome) return outcome;
    if (victim === 'process') await this.service!.ended();
    await this.sessionsEnded(outcome.ports);
    return outcome;
  }

  async end(): Promise<void> {
    await this.processes.cleanUp();
    this.tap.close();
  }

  private async sessionsEnded(ports: readonly number[]): Promise<void> {
    await until('the server has noticed', async () => {
      const left = await this.database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND client_port = ANY($1)`,
        [ports],
      );
      return left.length === 0;
    });
  }
}
