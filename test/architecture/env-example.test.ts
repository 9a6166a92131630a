import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { Config, readConfig } from '../../src/platform/config/index.js';

/** A variable of `.env.example` with the comment over it. */
interface Example {
  name: string;
  value: string;
  comment: string;
}

function examplesIn(text: string): Example[] {
  return text.split('\n\n').flatMap((paragraph) => {
    const lines = paragraph.trim().split('\n');
    const [, name, value] = /^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/.exec(lines.at(-1)!) ?? [];
    return name === undefined ? [] : [{ name, value: value!, comment: lines.slice(0, -1).join('\n') }];
  });
}

/** What the environment may hold, and what counts where it does not. */
function configured(): { name: string; value: string }[] {
  const validated = getMetadataStorage().getTargetValidationMetadatas(Config, '', false, false);
  const defaults = new Config() as unknown as Record<string, string | number | undefined>;
  return [...new Set(validated.map(({ propertyName }) => propertyName))].map((name) => ({
    name,
    value: String(defaults[name] ?? ''),
  }));
}

describe('.env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const examples = examplesIn(text);

  it('lists every variable of the configuration with its default, in the same order', () => {
    expect(examples.map(({ name, value }) => ({ name, value }))).toEqual(configured());
  });

  it('says in a sentence what each is for', () => {
    expect(examples.filter(({ comment }) => !/^# (?:The|A|How|Where) .+\.$/s.test(comment))).toEqual([]);
  });

  it('has no variable outside of the list, nor one that is set', () => {
    const assigned = text.split('\n').filter((line) => /^(?:# ?)?[A-Z][A-Z0-9_]*=/.test(line));
    expect(assigned).toHaveLength(examples.length);
    expect(assigned.filter((line) => !line.startsWith('# '))).toEqual([]);
  });

  it('has values that the service takes, and that change nothing', () => {
    const environment = Object.fromEntries(examples.map(({ name, value }) => [name, value]));
    expect(readConfig(environment)).toEqual(readConfig({}));
  });
});
