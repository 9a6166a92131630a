import { Injectable, Optional } from '@nestjs/common';
import { Config } from '../platform/config/index.js';

/**
 * The cookie that holds a session's secret. The prefix `__Host-` has browsers take it from this very host over TLS
 * only (RFC 6265bis, 4.1.3), so that no subdomain can plant one. Plain HTTP, for development, can have no such name.
 */
@Injectable()
export class SessionCookie {
  readonly name: string;
  private readonly attributes: string;

  constructor(@Optional() config: Config = new Config()) {
    const isSecure = config.SESSION_COOKIE_SECURE === 'yes';
    this.name = isSecure ? '__Host-peerledger' : 'peerledger';
    this.attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  }

  /** The `Set-Cookie` that hands the secret to the browser until the session is over. */
  set(secret: string, expiresAt: Date): string {
    const maxAge_s = Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000));
    return `${this.name}=${secret}; Max-Age=${maxAge_s}; ${this.attributes}`;
  }

  /** The `Set-Cookie` that has the browser forget it. */
  clear(): string {
    return `${this.name}=; Max-Age=0; ${this.attributes}`;
  }
}
