import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import canonicalize from 'canonicalize';
import { calculateJwkThumbprint, CompactSign, exportJWK, type JWK } from 'jose';
import { Config } from '../config/index.js';
import { Database, NOBODY, type Transaction } from '../database/index.js';
import type { PublicJwkView } from './public-jwk.view.js';
import { insertSigningKey } from './sql/insert-signing-key.js';
import { listSigningKeys } from './sql/list-signing-keys.js';
import { lockSigningKeys } from './sql/lock-signing-keys.js';

interface Signer {
  kid: string;
  publicJwk: JWK;
  key: KeyObject;
}

/** Signs documents with the service's Ed25519 key, so that a party can prove what the service said. */
@Injectable()
export class SigningService {
  private signer: Promise<Signer> | null = null;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /**
   * A detached JWS (RFC 7515, appendix F; EdDSA) over the canonical JSON (RFC 8785) of a document. The same
   * document and key give the same signature.
   */
  async sign(document: object): Promise<string> {
    const { kid, key } = await this.currentSigner();
    const payload = Buffer.from(canonicalize(document)!);
    const jws = await new CompactSign(payload).setProtectedHeader({ alg: 'EdDSA', kid }).sign(key);
    const [header, , signature] = jws.split('.');
    return `${header}..${signature}`;
  }

  /** The key that signs now. */
  async current(): Promise<{ kid: string; publicJwk: JWK }> {
    const { kid, publicJwk } = await this.currentSigner();
    return { kid, publicJwk };
  }

  /** Every public key that ever signed, latest first, as a JWK Set (RFC 7517). */
  async publicKeys(): Promise<{ keys: PublicJwkView[] }> {
    await this.currentSigner();
    // A snapshot that is open here may be older than the key.
    const keys = await this.apart(() => listSigningKeys(this.database));
    return {
      keys: keys.map(({ kid, publicJwk }) => ({
        ...(publicJwk as PublicJwkView),
        ...{ kid, alg: 'EdDSA', use: 'sig' },
      })),
    };
  }

  /** A new key is stored in a transaction of its own: it stays, whatever becomes of the one that is open here. */
  private currentSigner(): Promise<Signer> {
    this.signer ??= this.apart(() => this.database.transaction((tx) => this.loadSigner(tx))).catch(
      (error: unknown) => {
        // Asked again next time: a database that was away comes back.
        this.signer = null;
        throw error;
      },
    );
    return this.signer;
  }

  /** The service's own keys are no party's, whoever's work needs them. */
  private apart<T>(work: () => Promise<T>): Promise<T> {
    return this.database.outside(() => this.database.actFor(NOBODY, work));
  }

  /** The configured key, or the stored one, or a new one that is stored. */
  private async loadSigner(tx: Transaction): Promise<Signer> {
    await lockSigningKeys(tx);
    if (this.config.SIGNING_KEY) {
      const key = createPrivateKey(this.config.SIGNING_KEY);
      const publicJwk = await exportJWK(createPublicKey(key));
      const kid = await calculateJwkThumbprint(publicJwk);
      await insertSigningKey(tx, { kid, publicJwk, privatePkcs8: null });
      return { kid, publicJwk, key };
    }
    const stored = (await listSigningKeys(tx)).find(({ privatePkcs8 }) => privatePkcs8 !== null);
    if (stored) {
      const { kid, publicJwk, privatePkcs8 } = stored;
      return { kid, publicJwk, key: fromPkcs8(privatePkcs8!) };
    }
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const publicJwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(publicJwk);
    const privatePkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
    await insertSigningKey(tx, { kid, publicJwk, privatePkcs8 });
    return { kid, publicJwk, key: privateKey };
  }
}

function fromPkcs8(key: Buffer): KeyObject {
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
