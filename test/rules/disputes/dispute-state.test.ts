import fc from 'fast-check';
import {
  decide,
  DISPUTE_STATES,
  OPEN_STATES,
  type Dispute,
  type DisputeCommand,
  type DisputeResult,
  type DisputeState,
  type Resolution,
} from '../../../src/disputes/rules/dispute-state.js';

const NO_CHANGE: Resolution = { kind: 'no_change' };
const SOME: Resolution = { kind: 'amount', amount: 5n };
const NOW = 999;
const DUE = 1_000;
const NEW_DUE = 2_000;

/** A dispute that A raised, with the proposal of a party or none. */
function dispute(state: DisputeState, proposedBy: 'A' | 'B' | null): Dispute {
  return {
    state,
    raisedBy: 'A',
    proposal: proposedBy && { by: proposedBy, resolution: SOME },
    lapsesAt: state === 'raised' || state === 'proposed' ? DUE : null,
  };
}

const COMMANDS = {
  'propose A': { kind: 'propose', by: 'A', resolution: NO_CHANGE, lapsesAt: NEW_DUE, at: NOW },
  'propose B': { kind: 'propose', by: 'B', resolution: NO_CHANGE, lapsesAt: NEW_DUE, at: NOW },
  'consent A': { kind: 'consent', by: 'A', at: NOW },
  'consent B': { kind: 'consent', by: 'B', at: NOW },
  'withdraw A': { kind: 'withdraw', by: 'A', at: NOW },
  'withdraw B': { kind: 'withdraw', by: 'B', at: NOW },
  'escalate A': { kind: 'escalate', by: 'A', at: NOW },
  'escalate B': { kind: 'escalate', by: 'B', at: NOW },
  'time_bar early': { kind: 'time_bar', at: DUE - 1 },
  'time_bar due': { kind: 'time_bar', at: DUE },
} satisfies Record<string, DisputeCommand>;

type Name = keyof typeof COMMANDS;

function outcome(result: DisputeResult): string {
  if ('refused' in result) return result.refused;
  return 'unchanged' in result ? '=' : result.changed.state;
}

/** What becomes of a dispute of A; a row a state and latest proposal, a column a command. */
const TABLE: [DisputeState, 'A' | 'B' | null, Record<Name, string>][] = (
  [
    [
      'raised',
      null,
      'proposed proposed no_proposal no_proposal withdrawn not_the_raiser escalated escalated = time_barred',
    ],
    [
      'proposed',
      'A',
      'proposed proposed own_proposal resolved withdrawn not_the_raiser escalated escalated = time_barred',
    ],
    [
      'proposed',
      'B',
      'proposed proposed resolved own_proposal withdrawn not_the_raiser escalated escalated = time_barred',
    ],
    ['escalated', null, 'escalated escalated no_proposal no_proposal withdrawn not_the_raiser = = = ='],
    ['escalated', 'A', 'escalated escalated own_proposal resolved withdrawn not_the_raiser = = = ='],
    ['escalated', 'B', 'escalated escalated resolved own_proposal withdrawn not_the_raiser = = = ='],
    ['resolved', 'A', 'closed closed closed = closed closed closed closed = ='],
    ['resolved', 'B', 'closed closed = closed closed closed closed closed = ='],
    ['withdrawn', null, 'closed closed closed closed = closed closed closed = ='],
    ['withdrawn', 'A', 'closed closed closed closed = closed closed closed = ='],
    ['withdrawn', 'B', 'closed closed closed closed = closed closed closed = ='],
    ['time_barred', null, 'closed closed closed closed closed closed closed closed = ='],
    ['time_barred', 'A', 'closed closed closed closed closed closed closed closed = ='],
    ['time_barred', 'B', 'closed closed closed closed closed closed closed closed = ='],
  ] as [DisputeState, 'A' | 'B' | null, string][]
).map(([state, proposedBy, row]) => {
  const cells = row.split(' ').map((cell) => (cell === 'closed' ? 'dispute_closed' : cell));
  const names = Object.keys(COMMANDS) as Name[];
  return [
    state,
    proposedBy,
    Object.fromEntries(names.map((name, i) => [name, cells[i]!])) as Record<Name, string>,
  ];
});

describe('a dispute', () => {
  test.each(TABLE)('that is %s, with the proposal of %s', (state, proposedBy, expected) => {
    const outcomes = Object.entries(COMMANDS).map(([name, command]) => [
      name,
      outcome(decide(dispute(state, proposedBy), command)),
    ]);
    expect(Object.fromEntries(outcomes)).toEqual(expected);
  });

  test('is in every state somewhere in that table', () => {
    expect(new Set(TABLE.map(([state]) => state))).toEqual(new Set(DISPUTE_STATES));
  });

  test('takes the latest proposal, and time starts again with it', () => {
    expect(decide(dispute('proposed', 'A'), COMMANDS['propose B'])).toEqual({
      changed: {
        state: 'proposed',
        raisedBy: 'A',
        proposal: { by: 'B', resolution: NO_CHANGE },
        lapsesAt: NEW_DUE,
      },
      resolution: null,
    });
  });

  test.each(['propose A', 'consent B', 'withdraw A', 'escalate B'] as const)(
    'whose time is over takes no %s, even if the scheduler has not been yet',
    (name) => {
      const late = { ...COMMANDS[name], at: DUE };
      expect(decide(dispute('proposed', 'A'), late)).toEqual({ refused: 'dispute_lapsed' });
      expect(outcome(decide(dispute('escalated', 'A'), late))).not.toBe('dispute_lapsed');
    },
  );

  test('is resolved as was proposed', () => {
    expect(decide(dispute('proposed', 'A'), COMMANDS['consent B'])).toMatchObject({ resolution: SOME });
    expect(decide(dispute('escalated', 'B'), COMMANDS['consent A'])).toMatchObject({ resolution: SOME });
  });

  test('that is escalated has no time bar, whatever is proposed', () => {
    const escalated = decide(dispute('proposed', 'A'), COMMANDS['escalate B']);
    expect(escalated).toMatchObject({ changed: { lapsesAt: null, proposal: { by: 'A' } } });
    expect(decide(dispute('escalated', null), COMMANDS['propose B'])).toMatchObject({
      changed: { lapsesAt: null },
    });
  });
});

describe('whatever two parties and the scheduler do', () => {
  const side = fc.constantFrom('A' as const, 'B' as const);
  const at = fc.nat(6_000);
  const command: fc.Arbitrary<DisputeCommand> = fc.oneof(
    fc
      .tuple(side, at)
      .map(([by, at]): DisputeCommand => ({ kind: 'propose', by, resolution: SOME, lapsesAt: at + DUE, at })),
    fc
      .constantFrom('consent' as const, 'withdraw' as const, 'escalate' as const)
      .chain((kind) => fc.tuple(side, at).map(([by, at]): DisputeCommand => ({ kind, by, at }))),
    at.map((at): DisputeCommand => ({ kind: 'time_bar', at })),
  );

  /** The commands with what they made of a dispute, one after the other. */
  function play(raisedBy: 'A' | 'B', commands: readonly DisputeCommand[]) {
    let now: Dispute = { ...dispute('raised', null), raisedBy };
    const inTime = [...commands].sort((one, other) => one.at - other.at);
    return inTime.map((given) => {
      const before = now;
      const result = decide(before, given);
      if ('changed' in result) now = result.changed;
      return { before, given, result, after: now };
    });
  }

  test('neither resolves alone: a consent answers a proposal of the other', () => {
    fc.assert(
      fc.property(side, fc.array(command, { maxLength: 30 }), (raisedBy, commands) => {
        const steps = play(raisedBy, commands);
        for (const { before, given, result } of steps) {
          if (!('changed' in result) || result.changed.state !== 'resolved') continue;
          expect(given.kind).toBe('consent');
          expect(before.proposal!.by).not.toBe((given as { by: string }).by);
          expect(result.resolution).toBe(before.proposal!.resolution);
        }
      }),
    );
    const alone = (by: 'A' | 'B') => command.filter((each) => !('by' in each) || each.by === by);
    fc.assert(
      fc.property(
        side.chain((by) => fc.tuple(side, fc.array(alone(by), { maxLength: 30 }))),
        ([raisedBy, commands]) => {
          expect(play(raisedBy, commands).some(({ after }) => after.state === 'resolved')).toBe(false);
        },
      ),
    );
  });

  test('it ends at most once, never opens again, and has a time bar exactly while one can fall', () => {
    fc.assert(
      fc.property(side, fc.array(command, { maxLength: 30 }), (raisedBy, commands) => {
        let ends = 0;
        for (const { before, result, after } of play(raisedBy, commands)) {
          const wasOpen = OPEN_STATES.includes(before.state);
          if (wasOpen && !OPEN_STATES.includes(after.state)) ends += 1;
          if (!wasOpen) expect('changed' in result).toBe(false);
          if (before.state === 'escalated')
            expect(['escalated', 'resolved', 'withdrawn']).toContain(after.state);
          expect(after.lapsesAt !== null).toBe(after.state === 'raised' || after.state === 'proposed');
          expect(after.raisedBy).toBe(raisedBy);
        }
        expect(ends).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('the same command again, right after, changes nothing, unless it proposes', () => {
    fc.assert(
      fc.property(side, fc.array(command, { maxLength: 30 }), (raisedBy, commands) => {
        for (const { given, result, after } of play(raisedBy, commands)) {
          if ('changed' in result && given.kind !== 'propose')
            expect(decide(after, given)).toEqual({ unchanged: true });
        }
      }),
    );
  });
});
