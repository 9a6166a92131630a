import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isApiKey, newApiKey } from '../access/index.js';

const FILE = 'demo-keys.json';

interface Stored {
  operator: string | null;
  providers: Record<string, string>;
}

/**
 * The keys the demo works with, kept between runs in files that only their owner can read: all in
 * `demo-keys.json`, and each cloud's in a file with its `Authorization` header, for curl.
 */
export class DemoKeys {
  private constructor(
    private readonly folder: string,
    private readonly stored: Stored,
    private readonly givenOperator: string | undefined,
  ) {}

  /** Reads the keys of earlier runs; a file that is absent or damaged means that there are none. */
  static open(folder: string, givenOperator: string | undefined): DemoKeys {
    const stored = read(join(folder, FILE));
    if (givenOperator === undefined) stored.operator ??= newApiKey();
    return new DemoKeys(folder, stored, givenOperator);
  }

  /** The operator's key: the configured one, else the demo's own. */
  get operator(): string {
    return this.givenOperator ?? this.stored.operator!;
  }

  of(cloud: string): string | null {
    return this.stored.providers[cloud] ?? null;
  }

  set(cloud: string, key: string): void {
    this.stored.providers[cloud] = key;
  }

  /** Where curl finds a cloud's `Authorization` header. */
  headerFile(cloud: string): string {
    return join(this.folder, `${cloud}.auth`);
  }

  save(): void {
    mkdirSync(this.folder, { recursive: true });
    writePrivately(join(this.folder, FILE), `${JSON.stringify(this.stored, null, 2)}\n`);
    for (const [cloud, key] of Object.entries(this.stored.providers)) {
      writePrivately(this.headerFile(cloud), `Authorization: Bearer ${key}\n`);
    }
  }
}

function read(path: string): Stored {
  const none: Stored = { operator: null, providers: {} };
  if (!existsSync(path)) return none;
  try {
    const { operator, providers } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Stored>;
    const usable = Object.entries(providers ?? {}).filter(([, key]) => isApiKey(key));
    return {
      operator: typeof operator === 'string' && isApiKey(operator) ? operator : null,
      providers: Object.fromEntries(usable),
    };
  } catch (error) {
    if (error instanceof SyntaxError) return none;
    throw error;
  }
}

/** In one piece, so that a run that is killed leaves the old file or the new one. */
function writePrivately(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}
