import { existsSync } from 'node:fs';
import { compiledEntry } from './compile.js';
import { createTestDatabase } from './database.js';

describe('createTestDatabase', () => {
  it('gives each caller a database of its own and removes it', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await one.query('CREATE TABLE only_in_one (id bigint)');
    await one.query('INSERT INTO only_in_one VALUES ($1)', ['9007199254740993']);
    expect(await one.query('SELECT id FROM only_in_one')).toEqual([{ id: '9007199254740993' }]);
    expect(await two.query("SELECT to_regclass('only_in_one') AS found")).toEqual([{ found: null }]);
    const name = new URL(one.url).pathname.slice(1);
    await one.drop();
    expect(await two.query('SELECT FROM pg_database WHERE datname = $1', [name])).toEqual([]);
    await two.drop();
  });
});

describe('compiledEntry', () => {
  it('names a file that plain node can run', () => {
    expect(existsSync(compiledEntry('src/platform/embedded/index.ts'))).toBe(true);
  });
});
