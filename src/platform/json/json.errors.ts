import { defineProblems } from '../problems/index.js';

/** What can be wrong with a JSON text before anybody looks at what it says. */
export const jsonProblems = defineProblems({
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  duplicate_key: { status: 400, title: 'An object in the body has the same key twice' },
  forbidden_key: { status: 400, title: 'An object in the body has a key that is not allowed' },
  json_too_deep: { status: 400, title: 'The body is nested too deeply' },
  invalid_character: { status: 400, title: 'A text in the body has a character that cannot be stored' },
  invalid_utf8: { status: 400, title: 'The body is not valid UTF-8' },
});
