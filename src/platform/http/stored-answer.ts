import type { Answer } from './render-problem.js';

/**
 * Thrown to answer with bytes that exist already. Returning them would not do: Nest would put the
 * handler's own status code over the stored one.
 */
export class StoredAnswer extends Error {
  constructor(readonly answer: Answer) {
    super('answered from storage');
  }
}
