import fc from 'fast-check';
import {
  STATEMENT_STATES,
  takeStep,
  type Standing,
  type StatementState,
  type StatementStep,
} from '../../../src/settlement/rules/statement-state.js';

const DUE = 1_000;
const WINDOW = 2_000;

function standing(state: StatementState, more: Partial<Standing> = {}): Standing {
  return { state, acceptedBy: [], acceptanceDue: DUE, disputableUntil: WINDOW, settledFrom: null, ...more };
}

const byA = { acceptedBy: ['A'] } as const;
const byBoth = { acceptedBy: ['A', 'B'] } as const;

describe('the life of a statement', () => {
  it.each<[Standing, StatementStep, number, StatementState, boolean]>([
    [standing('issued'), { kind: 'accept', by: 'A' }, 0, 'issued', true],
    [standing('issued', byA), { kind: 'accept', by: 'A' }, 0, 'issued', false],
    [standing('issued', byA), { kind: 'accept', by: 'B' }, 0, 'accepted', true],
    [standing('deemed_accepted'), { kind: 'accept', by: 'B' }, DUE, 'deemed_accepted', true],
    [standing('deemed_accepted', byA), { kind: 'accept', by: 'B' }, DUE, 'accepted', true],
    [
      standing('settled', { ...byA, settledFrom: 'accepted' }),
      { kind: 'accept', by: 'B' },
      0,
      'settled',
      true,
    ],
    [standing('issued'), { kind: 'deem' }, DUE, 'deemed_accepted', true],
    [standing('issued', byA), { kind: 'deem' }, DUE, 'deemed_accepted', true],
    [standing('accepted'), { kind: 'deem' }, DUE, 'accepted', false],
    [standing('disputed'), { kind: 'deem' }, DUE, 'disputed', false],
    [standing('issued', byA), { kind: 'dispute', by: 'B' }, 0, 'disputed', true],
    [standing('deemed_accepted'), { kind: 'dispute', by: 'B' }, WINDOW - 1, 'disputed', true],
    [standing('accepted'), { kind: 'dispute', by: 'A' }, WINDOW - 1, 'disputed', true],
    [standing('disputed'), { kind: 'dispute', by: 'A' }, 0, 'disputed', false],
    [standing('disputed'), { kind: 'resolve' }, 0, 'accepted', true],
    [standing('disputed'), { kind: 'withdraw' }, DUE - 1, 'issued', true],
    [standing('disputed', byA), { kind: 'withdraw' }, DUE, 'deemed_accepted', true],
    [standing('disputed', byBoth), { kind: 'withdraw' }, 0, 'accepted', true],
    [standing('accepted'), { kind: 'settle' }, 0, 'settled', true],
    [standing('deemed_accepted'), { kind: 'settle' }, 0, 'settled', true],
    [standing('settled'), { kind: 'settle' }, 0, 'settled', false],
    [
      standing('settled', { settledFrom: 'deemed_accepted' }),
      { kind: 'unsettle' },
      0,
      'deemed_accepted',
      true,
    ],
    [standing('issued'), { kind: 'void' }, 0, 'void', true],
    [standing('accepted', byBoth), { kind: 'void' }, 0, 'void', true],
    [standing('void'), { kind: 'void' }, 0, 'void', false],
  ])('%j and %j at %d make it %s', (before, step, at, state, isNew) => {
    expect(takeStep(before, step, at)).toEqual({ state, isNew });
  });

  it.each<[Standing, StatementStep, number, string]>([
    [standing('issued'), { kind: 'deem' }, DUE - 1, 'acceptance_not_due'],
    [standing('issued'), { kind: 'settle' }, 0, 'statement_not_accepted'],
    [standing('disputed'), { kind: 'settle' }, 0, 'statement_disputed'],
    [standing('disputed'), { kind: 'accept', by: 'A' }, 0, 'statement_disputed'],
    [standing('disputed'), { kind: 'void' }, 0, 'statement_disputed'],
    [standing('settled'), { kind: 'void' }, 0, 'statement_settled'],
    [standing('settled'), { kind: 'dispute', by: 'A' }, 0, 'statement_settled'],
    [standing('issued', byA), { kind: 'dispute', by: 'A' }, 0, 'accepted_by_party'],
    [standing('issued'), { kind: 'dispute', by: 'A' }, WINDOW, 'dispute_window_over'],
    [standing('disputed'), { kind: 'dispute', by: 'A' }, WINDOW, 'dispute_window_over'],
    [standing('issued'), { kind: 'resolve' }, 0, 'statement_not_disputed'],
    [standing('accepted'), { kind: 'withdraw' }, 0, 'statement_not_disputed'],
    [standing('accepted'), { kind: 'unsettle' }, 0, 'statement_not_settled'],
  ])('%j and %j at %d are refused: %s', (before, step, at, refused) => {
    expect(takeStep(before, step, at)).toEqual({ refused });
  });

  const steps = fc.constantFrom<StatementStep[]>(
    { kind: 'accept', by: 'A' },
    { kind: 'accept', by: 'B' },
    { kind: 'dispute', by: 'A' },
    { kind: 'dispute', by: 'B' },
    { kind: 'deem' },
    { kind: 'resolve' },
    { kind: 'withdraw' },
    { kind: 'settle' },
    { kind: 'unsettle' },
    { kind: 'void' },
  );

  it('ends with void, and is settled only out of an acceptance, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(steps, fc.nat(3_000)), { maxLength: 30 }), (happened) => {
        let now = standing('issued');
        for (const [step, at] of happened) {
          const result = takeStep(now, step, at);
          if ('refused' in result) continue;
          const { state } = result;
          if (now.state === 'void')
            expect({ state, isNew: result.isNew }).toEqual({ state: 'void', isNew: false });
          if (state === 'settled' && now.state !== 'settled') expect(now.state).toMatch(/accepted$/);
          expect(STATEMENT_STATES).toContain(state);
          now = {
            ...now,
            state,
            acceptedBy:
              step.kind === 'accept' && result.isNew ? [...now.acceptedBy, step.by] : now.acceptedBy,
            settledFrom: state !== 'settled' ? null : (now.settledFrom ?? now.state),
          };
          expect(new Set(now.acceptedBy).size).toBe(now.acceptedBy.length);
        }
      }),
    );
  });
});
