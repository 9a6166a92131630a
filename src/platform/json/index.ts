export { exactNumber, InexactNumber, inexactNumbersIn } from './inexact-number.js';
export { jsonProblems } from './json.errors.js';
export { parseJson } from './parse-json.js';
export { pointerTo } from './pointer.js';
