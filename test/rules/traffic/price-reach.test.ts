import { reachesIssued } from '../../../src/traffic/rules/price-reach.js';
import { at, listPrice } from './support.js';

const ISSUED = { start: at('2026-10-01T00:00:00Z'), end: at('2026-11-01T00:00:00Z') };
const day = (date: string): string => `${date}T00:00:00Z`;

test.each([
  ['inside, though nothing had a price', listPrice(day('2026-10-02'), '1'), [], true],
  ['at its end', listPrice(day('2026-11-01'), '1'), [listPrice(day('2020-01-01'), '2')], false],
  ['from its start, for what had none', listPrice(day('2026-10-01'), '1'), [], false],
  ['from before it, for what had none', listPrice(day('2026-01-01'), '1'), [], false],
  ['over an earlier price', listPrice(day('2026-09-01'), '1'), [listPrice(day('2020-01-01'), '2')], true],
  ['up to a later price', listPrice(day('2026-09-01'), '1'), [listPrice(day('2026-10-10'), '2')], false],
  [
    'replaced before it by a later price',
    listPrice(day('2026-08-01'), '1'),
    [listPrice(day('2020-01-01'), '3'), listPrice(day('2026-10-01'), '2')],
    false,
  ],
  ['of ingress, which was free', listPrice(day('2026-09-01'), '1', { side: 'ingress' }), [], true],
  [
    'of another side',
    listPrice(day('2026-09-01'), '1'),
    [listPrice(day('2020-01-01'), '2', { side: 'ingress' })],
    false,
  ],
  [
    'of a region, where all regions had one',
    listPrice(day('2026-09-01'), '1', { region: 'eu-1' }),
    [listPrice(day('2026-10-20'), '2')],
    true,
  ],
  [
    'of a region, where only another had one',
    listPrice(day('2026-09-01'), '1', { region: 'eu-1' }),
    [listPrice(day('2020-01-01'), '2', { region: 'us-1' })],
    false,
  ],
  [
    'of all regions, where one had its own',
    listPrice(day('2026-09-01'), '1'),
    [listPrice(day('2020-01-01'), '2', { region: 'eu-1' })],
    false,
  ],
])('a price %s reaches into what is issued: %#', (_name, added, existing, expected) => {
  expect(reachesIssued(added, existing, ISSUED)).toBe(expected);
});
