export { Config, ConfigError, listOf, readConfig } from './config.js';
