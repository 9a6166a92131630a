import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): unique, and ascending in time so that indexes grow at their end. */
export function newId(): string {
  return v7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a path segment can be an id at all; what is not one names nothing. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
