import { operationsOf, partsOf, referredName, type Document, type Schema } from './document.js';

/**
 * Says of every object in a request that it has no members but these, as the service refuses others. Objects in
 * answers stay open: a later version may add to them.
 */
export function closeRequests(document: Document): void {
  const seen = new Set<Schema>();
  const close = (schema: Schema): void => {
    const name = referredName(schema);
    const target = name === undefined ? schema : document.components.schemas[name];
    if (!target || seen.has(target)) return;
    seen.add(target);
    if (target.properties) target.additionalProperties ??= false;
    partsOf(target).forEach(close);
  };
  for (const { operation } of operationsOf(document)) {
    for (const { schema } of Object.values(operation.requestBody?.content ?? {})) if (schema) close(schema);
  }
}
