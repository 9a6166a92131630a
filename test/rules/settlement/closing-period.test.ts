import { closingPeriod } from '../../../src/settlement/rules/due-periods.js';
import { version } from '../traffic/support.js';

const VERSIONS = [version('2026-01', { days: { cutOff: 5 } })];

test.each([
  ['no end', null, ['2026-03'], '2026-06-30T00:00:00Z', null],
  ['its last period open', '2026-03', ['2026-02'], '2026-06-30T00:00:00Z', null],
  ['no cut-off since', '2026-03', ['2026-03'], '2026-05-05T23:59:59Z', null],
  ['one cut-off since', '2026-03', ['2026-03'], '2026-05-06T00:00:00Z', '2026-04'],
  ['more of them', '2026-03', ['2026-03'], '2026-08-01T00:00:00Z', '2026-06'],
  ['one used for a closing statement', '2026-03', ['2026-03', '2026-06'], '2026-08-01T00:00:00Z', null],
  ['another one after that', '2026-03', ['2026-03', '2026-06'], '2026-08-06T00:00:00Z', '2026-07'],
] as const)('an agreement with %s', (_name, lastPeriod, closed, now, expected) => {
  const agreement = { timezone: 'Etc/UTC', lastPeriod };
  expect(closingPeriod(VERSIONS, closed, agreement, Date.parse(now))).toBe(expected);
});
