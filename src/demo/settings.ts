import { readConfig, type Config } from '../platform/config/index.js';
import { loadConfig } from '../service.js';

/**
 * The demo keeps clear of the data of `npm start`, and its figures clear of logs: whatever fails comes back
 * through the API, and is said in a sentence.
 */
const DEFAULTS = { DATA_DIR: '.data-demo', LOG_LEVEL: 'fatal' };

/**
 * The configuration as `npm start` reads it, `.env` included, with the demo's own defaults for what is not
 * set. A run that only prints and ends takes any free port unless one is named.
 */
export function demoConfig(exits: boolean): Config {
  // Reads .env into the environment, and refuses what makes no sense.
  loadConfig();
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  return readConfig({ ...DEFAULTS, ...(exits && { PORT: '0' }), ...given });
}

/** Where a run without `--exit` would serve. */
export function laterUrl({ HOST }: Config): string {
  const { PORT } = loadConfig();
  const host = HOST === '0.0.0.0' || HOST === '::' ? 'localhost' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
}
