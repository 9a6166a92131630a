import { Injectable } from '@nestjs/common';

/** Resolves when what it looks at can be relied on, and rejects with the reason when not. */
export type Probe = () => Promise<void>;

export interface ProbeResult {
  name: string;
  /** Why it failed, for our own log; undefined when it did not. */
  error?: unknown;
}

const PROBE_TIMEOUT_MS = 3_000;

/** What the process needs before requests should be sent to it; each module registers its own. */
@Injectable()
export class ReadinessRegistry {
  private readonly probes = new Map<string, Probe>();
  private running: Promise<ProbeResult[]> | null = null;

  register(name: string, probe: Probe): void {
    if (this.probes.has(name)) throw new Error(`readiness probe ${name} is registered twice`);
    this.probes.set(name, probe);
  }

  /**
   * Runs every probe at once, each with a limit on its time. Who asks meanwhile gets the same results: anybody may
   * ask, and however many do, the database is asked once at a time.
   */
  check(): Promise<ProbeResult[]> {
    this.running ??= Promise.all([...this.probes].map(([name, probe]) => runProbe(name, probe))).finally(
      () => {
        this.running = null;
      },
    );
    return this.running;
  }
}

async function runProbe(name: string, probe: Probe): Promise<ProbeResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PROBE_TIMEOUT_MS} ms`)), PROBE_TIMEOUT_MS);
  });
  try {
    await Promise.race([probe(), timeout]);
    return { name };
  } catch (error) {
    return { name, error };
  } finally {
    clearTimeout(timer);
  }
}
