export { Config, ConfigError, isSecureUrl, listOf, readConfig } from './config.js';
