import { readVectors, subjects } from '../vectors/read-vectors.js';
import { credits } from '../vectors/run-credits.js';
import { reconciliation, statement } from '../vectors/run-months.js';
import {
  allocation,
  commitment,
  percentile,
  priced,
  ratioExcess,
  rounding,
  zeroRated,
} from '../vectors/run-rating.js';
import { periods, splitting } from '../vectors/run-time.js';

/** Every subject with the rules that it puts to the test. */
const RUN: Record<string, (input: any) => unknown> = {
  linear: priced,
  graduated: priced,
  volume: priced,
  'flat-fees': priced,
  'zero-rating': zeroRated,
  'ratio-excess': ratioExcess,
  percentile,
  commitment,
  rounding,
  allocation,
  credits,
  periods,
  splitting,
  reconciliation,
  statement,
};

test('every file of vectors is run', () => {
  expect(subjects().sort()).toEqual(Object.keys(RUN).sort());
});

describe.each(Object.keys(RUN))('%s', (subject) => {
  test.each(readVectors(subject))('$name', ({ input, expected }) => {
    expect(RUN[subject]!(input)).toEqual(expected);
  });
});
