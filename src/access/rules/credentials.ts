/** What a request shows to tell who sent it. */
export interface ShownCredential {
  kind: 'key' | 'token' | 'session';
  secret: string;
}

/** Headers that can hold credentials. */
export interface CredentialHeaders {
  authorization?: string | undefined;
  cookie?: string | undefined;
}

const KEY_START = 'plk_';

/**
 * The credential in a request's headers; null when there is none, and undefined when `Authorization` holds
 * something that is none. That header wins over a cookie, which a browser sends whether it is meant or not.
 */
export function credentialIn(
  headers: CredentialHeaders,
  cookieName: string,
): ShownCredential | null | undefined {
  if (headers.authorization !== undefined) {
    const secret = /^Bearer +(\S+) *$/i.exec(headers.authorization)?.[1];
    if (secret === undefined) return undefined;
    return { kind: secret.startsWith(KEY_START) ? 'key' : 'token', secret };
  }
  const secret = cookieIn(headers.cookie, cookieName);
  return secret === undefined ? null : { kind: 'session', secret };
}

function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at >= 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
