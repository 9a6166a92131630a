import { codesOf, operationsOf, type Answer, type Document } from './document.js';
import { addHeaders } from './headers-of.js';
import { problemAnswer } from './problems-of.js';

/** What is answered where there is no operation: at other paths, and to a path's other methods. */
const ELSEWHERE = ['not_found', 'method_not_allowed'];

/** Puts what several operations answer, a problem with one code, in one place to which they refer. */
export function shareAnswers(document: Document): void {
  const shared = new Map<string, Answer>();
  for (const code of ELSEWHERE) {
    const answer = problemAnswer([code]);
    addHeaders(answer, ['RateLimit', 'RateLimit-Policy']);
    shared.set(code, answer);
  }
  for (const { operation } of operationsOf(document)) {
    for (const [status, answer] of Object.entries(operation.responses)) {
      const [code, ...more] = codesOf(answer);
      if (code === undefined || more.length > 0) continue;
      const name = nameOf(code, answer as Answer);
      shared.set(name, answer as Answer);
      operation.responses[status] = { $ref: `#/components/responses/${name}` };
    }
  }
  document.components.responses = Object.fromEntries([...shared].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Its code, and in what its headers differ from those of other routes. */
function nameOf(code: string, { headers = {} }: Answer): string {
  const marks = [
    ...('RateLimit' in headers ? [] : ['unlimited']),
    ...('Idempotent-Replayed' in headers ? ['replayable'] : []),
  ];
  return [code, ...marks].join('_');
}
