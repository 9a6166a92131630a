import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** Whether the text can be a session's secret at all: 32 bytes in base64url. */
export function isSessionSecret(text: string): boolean {
  return SHAPE.test(text);
}

/** What is stored of a session's secret. */
export function sessionSha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * The token that proves that a page could read an answer of its session: nobody can make it without the secret,
 * which no script can read, and it gives nothing of the secret away.
 */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('peerledger csrf token').digest('base64url');
}

/** Whether the token is the session's own, in a time that tells nothing. */
export function isCsrfToken(given: string | undefined, secret: string): boolean {
  const [right, sent] = [csrfTokenOf(secret), given ?? ''].map((token) => Buffer.from(token)) as [
    Buffer,
    Buffer,
  ];
  return right.length === sent.length && timingSafeEqual(right, sent);
}
