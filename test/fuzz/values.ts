import fc from 'fast-check';
import type { ApiDocument } from '../support/contract.js';
import { HOSTILE_NUMBERS, HOSTILE_VALUES } from './hostile.js';
import type { World } from './world.js';

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const INSTANTS = [
  ...['2025-03-01T00:00:00Z', '2025-03-05T00:00:00Z', '2025-03-05T01:00:00Z', '2025-04-01T00:00:00Z'],
  ...['2025-06-01T12:00:00+02:00', '2020-01-01T00:00:00Z', '2030-01-01T00:00:00Z', '2026-11-01T00:00:00.5Z'],
];
const AMOUNTS = ['0.01', '1.00', '25.00', '1000000.00', '0', '0.015', '-1.00'];

/** Stands in a JSON text for a number that `JSON.stringify` could not write. */
const RAW = '@raw:';

/** Makes values of the document's schemas, with names of the world where a member's name asks for one. */
export class Values {
  private readonly known = new Map<string, fc.Arbitrary<unknown>>();

  constructor(
    private readonly document: ApiDocument,
    private readonly world: World,
  ) {}

  /** A value that the schema allows, or nearly. */
  of(schema: Schema, name = ''): fc.Arbitrary<unknown> {
    const named = this.world.names[WORLD_NAMES[name] ?? name];
    if (named)
      return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...named) }, this.ofKind(schema, name));
    return this.ofKind(schema, name);
  }

  private ofKind(schema: Schema, name: string): fc.Arbitrary<unknown> {
    const { $ref, anyOf, oneOf, enum: values, example } = schema;
    if ($ref) return this.component($ref.split('/').at(-1)!, name);
    const choices = anyOf ?? oneOf;
    if (choices) return fc.oneof(...choices.map((each) => this.of(each, name)));
    if (values) return fc.constantFrom(...values);
    const plain = this.ofType(schema, name);
    return example === undefined ? plain : fc.oneof({ weight: 2, arbitrary: fc.constant(example) }, plain);
  }

  private component(component: string, name: string): fc.Arbitrary<unknown> {
    const present = this.known.get(component);
    if (present) return present;
    const made = this.of(this.document.components.schemas[component] as Schema, name);
    this.known.set(component, made);
    return made;
  }

  private ofType(schema: Schema, name: string): fc.Arbitrary<unknown> {
    const types = [schema.type].flat();
    if (types.includes('object') || schema.properties) return this.object(schema);
    if (types.includes('array')) {
      const minLength = schema.minItems ?? 0;
      return fc.array(this.of(schema.items ?? {}, name), { minLength, maxLength: minLength + 2 });
    }
    if (types.includes('boolean')) return fc.boolean();
    if (types.includes('integer') || types.includes('number')) {
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, 2 ** 31) });
    }
    return this.text(schema, name);
  }

  private object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const model = Object.fromEntries(
      Object.entries(properties).map(([name, member]) => [name, this.of(member, name)]),
    );
    return fc.record(model, { requiredKeys: required.filter((name) => name in model) });
  }

  private text({ format, pattern, maxLength }: Schema, name: string): fc.Arbitrary<unknown> {
    if (format === 'date-time') return fc.constantFrom(...INSTANTS);
    if (format === 'uuid') return fc.uuid();
    if (/bytes$/i.test(name)) return fc.bigInt({ min: 0n, max: 10n ** 18n }).map(String);
    if (/amount|price|fee|quantity|ratio|mbps|upTo/i.test(name)) return fc.constantFrom(...AMOUNTS);
    if (/currency/i.test(name)) return fc.constantFrom('USD', 'EUR', 'JPY', 'XXX');
    if (/period|effectiveFrom/i.test(name)) return fc.constantFrom(...this.world.names['period']!);
    if (pattern && pattern.length < 60) return fc.stringMatching(new RegExp(pattern));
    return fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength ?? 20, 20) });
  }
}

/** Members that are named otherwise than what they name. */
const WORLD_NAMES: Record<string, string> = {
  ...{
    partyA: 'provider',
    partyB: 'provider',
    payer: 'provider',
    counterparty: 'provider',
    raisedBy: 'provider',
  },
  ...{ statements: 'statement', source: 'statement', effectiveFrom: 'period', lastPeriod: 'period' },
  periods: 'period',
};

/** How a valid value is broken: something is put where it does not belong. */
export interface Breakage {
  /** Picks one of the places in the value. */
  place: number;
  kind: 'replace' | 'remove' | 'add' | 'number';
  with: unknown;
}

export const breakages: fc.Arbitrary<Breakage[]> = fc.array(
  fc.oneof(
    fc.record({
      place: fc.nat(1_000),
      kind: fc.constantFrom('replace' as const, 'remove' as const, 'add' as const),
      with: fc.oneof(fc.constantFrom(...HOSTILE_VALUES), fc.jsonValue({ maxDepth: 2 })),
    }),
    fc.record({
      place: fc.nat(1_000),
      kind: fc.constant('number' as const),
      with: fc.constantFrom(...HOSTILE_NUMBERS).map((text) => RAW + text),
    }),
  ),
  { maxLength: 2 },
);

const EXTRA_NAMES = ['extra', '__proto__', 'constructor', 'toString', '', 'id', '\u0000', 'a'.repeat(1_000)];

/** The JSON text of a value with these breakages. */
export function brokenText(value: unknown, broken: readonly Breakage[]): string {
  let text = JSON.stringify(value) ?? '';
  for (const breakage of broken) {
    const copy = JSON.parse(text === '' ? 'null' : text) as unknown;
    const places = placesIn(copy);
    if (places.length === 0) {
      text = JSON.stringify(breakage.with);
      continue;
    }
    const { owner, key } = places[breakage.place % places.length]!;
    if (breakage.kind === 'remove') Reflect.deleteProperty(owner, key);
    else if (breakage.kind === 'add' && !Array.isArray(owner)) addMember(owner, breakage);
    else owner[key] = breakage.with;
    text = JSON.stringify(copy);
  }
  return text.replace(new RegExp(`"${RAW}([^"]*)"`, 'g'), '$1');
}

function addMember(owner: Record<string, unknown>, { place, with: value }: Breakage): void {
  const name = EXTRA_NAMES[place % EXTRA_NAMES.length]!;
  Object.defineProperty(owner, name, { value, enumerable: true, configurable: true, writable: true });
}

function placesIn(value: unknown): { owner: Record<string, unknown>; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const owner = value as Record<string, unknown>;
  return Object.entries(owner).flatMap(([key, member]) => [{ owner, key }, ...placesIn(member)]);
}
