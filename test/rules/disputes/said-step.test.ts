import {
  missesStep,
  stepFaults,
  stepSha256,
  type LoggedStep,
  type SaidStep,
} from '../../../src/disputes/rules/said-step.js';

const RAISED: SaidStep & { position: number } = {
  disputeId: 'd',
  position: 1,
  id: 's1',
  kind: 'raise',
  by: 'alpha',
  keyId: 'k',
  takenAt: new Date('2026-11-06T00:00:00Z'),
  fromState: null,
  toState: 'raised',
  evidence: { text: 'We counted less.', buckets: [] },
  resolution: null,
  currency: 'JPY',
};
const PROPOSED: typeof RAISED = {
  ...RAISED,
  position: 2,
  id: 's2',
  kind: 'propose',
  by: 'beta',
  fromState: 'raised',
  toState: 'proposed',
  resolution: { kind: 'amount', amount: '1250' },
};
const logged = ({ kind, ...step }: SaidStep): LoggedStep => ({
  action: `dispute.${kind}`,
  step: { id: step.id, sha256: stepSha256({ ...step, kind }) },
});
const before = (action: string): LoggedStep => ({ action, step: null });

test('every member but the position has a say in the hash', () => {
  const changes: Partial<SaidStep>[] = [
    { disputeId: 'e' },
    { id: 's3' },
    { kind: 'escalate' },
    { by: 'gamma' },
    { keyId: null },
    { takenAt: new Date('2026-11-06T00:00:00.001Z') },
    { fromState: 'escalated' },
    { toState: 'escalated' },
    { evidence: { text: 'We counted more.', buckets: [] } },
    { evidence: { text: null, buckets: [{ direction: 'aToB', start: '2026-10-05T13:00:00Z', scope: {} }] } },
    { resolution: { kind: 'amount', amount: '1251' } },
    { resolution: { kind: 'no_change' } },
  ];
  const hashes = [{}, ...changes].map((change) => stepSha256({ ...PROPOSED, ...change }));
  expect(new Set(hashes).size).toBe(changes.length + 1);
});

test.each<[string, (typeof RAISED)[], LoggedStep[], (number | null)[], boolean]>([
  ['all as logged', [RAISED, PROPOSED], [logged(RAISED), logged(PROPOSED)], [], false],
  ['one rewritten', [RAISED, { ...PROPOSED, by: 'alpha' }], [logged(RAISED), logged(PROPOSED)], [2], false],
  ['one that nobody took', [RAISED, PROPOSED], [logged(RAISED)], [2], false],
  ['one taken away', [RAISED], [logged(RAISED), logged(PROPOSED)], [], true],
  ['all taken away', [], [logged(RAISED)], [], true],
  [
    'logged before there were hashes',
    [RAISED, PROPOSED],
    [before('dispute.raise'), logged(PROPOSED)],
    [],
    false,
  ],
  ['one more than was logged then', [RAISED, PROPOSED], [before('dispute.raise')], [2], false],
  ['one less than was logged then', [RAISED], [before('dispute.raise'), before('dispute.propose')], [], true],
])('%s', (_, steps, log, faults, isShort) => {
  expect(stepFaults(steps, log).map(({ position }) => position)).toEqual(faults);
  expect(missesStep(steps, log)).toBe(isShort);
});
