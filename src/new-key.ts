import { newApiKey } from './access/index.js';

process.stdout.write(`${newApiKey()}\n`);
