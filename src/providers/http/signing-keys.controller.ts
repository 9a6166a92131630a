import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { Equals, Matches } from 'class-validator';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { formatInstant } from '../../period/index.js';
import { ProvidersService } from '../providers.service.js';
import { SigningKeysService } from '../signing-keys.service.js';
import type { SigningKeyRow } from '../sql/list-signing-keys.js';
import { Problems } from '../../platform/http/index.js';
import { OfProvider } from './of-provider.js';

/** A public key as a JWK (RFC 8037); it has no private part. */
class SigningKeyInput {
  @ApiProperty({ enum: ['OKP'] })
  @Equals('OKP', { message: 'must be OKP' })
  kty: string;

  @ApiProperty({ enum: ['Ed25519'] })
  @Equals('Ed25519', { message: 'must be Ed25519' })
  crv: string;

  @ApiProperty({
    type: String,
    description: 'The 32 bytes of the public key, base64url',
    example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  })
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'must be the 32 bytes of an Ed25519 public key in base64url' })
  x: string;
}

class SigningKeyView extends SigningKeyInput {
  @ApiProperty({
    type: String,
    description: 'RFC 7638 thumbprint, for the `kid` of signatures',
    example: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  })
  kid: string;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'No signature of later than this is by the provider',
  })
  revokedAt: string | null;
}

class SigningKeySet {
  @ApiProperty({ type: [SigningKeyView], description: 'A JWK Set (RFC 7517)' })
  keys: SigningKeyView[];
}

@ApiTags('providers')
@OfProvider()
@Controller('v1/providers/:provider/signing-keys')
export class SigningKeysController {
  constructor(
    private readonly providers: ProvidersService,
    private readonly keys: SigningKeysService,
  ) {}

  @Post()
  @Scopes('keys:write')
  @Problems('signing_key_revoked', 'too_many_signing_keys')
  @ApiOperation({
    operationId: 'registerSigningKey',
    summary: 'Register a public key with which the provider signs statements',
    description:
      'The same key again changes nothing, so no Idempotency-Key is needed. A revoked one is not taken again.',
  })
  @ApiCreatedResponse({ type: SigningKeyView })
  async register(
    @Param('provider') code: string,
    @CurrentCaller() caller: Caller,
    @Body() { kty, crv, x }: SigningKeyInput,
  ): Promise<SigningKeyView> {
    const provider = await this.providers.requireOwn(code, caller);
    return show(await this.keys.register(provider, { kty, crv, x }));
  }

  @Delete(':kid')
  @Scopes('keys:write')
  @Problems('signing_key_not_found')
  @ApiParam({
    name: 'kid',
    description: 'RFC 7638 thumbprint of the key',
    example: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  })
  @ApiOperation({
    operationId: 'revokeSigningKey',
    summary: 'Revoke a key, at once: no statement is signed with it any more',
    description: 'What it signed before stays valid, and it stays listed. Revoking again changes nothing.',
  })
  @ApiOkResponse({ type: SigningKeyView })
  async revoke(
    @Param('provider') code: string,
    @Param('kid') kid: string,
    @CurrentCaller() caller: Caller,
  ): Promise<SigningKeyView> {
    const provider = await this.providers.requireOwn(code, caller);
    return show(await this.keys.revoke(provider, kid));
  }

  @Get()
  @Scopes('agreements:read')
  @ApiOperation({
    operationId: 'listSigningKeys',
    summary: 'The public keys with which a provider signs, for whoever checks a signature',
  })
  @ApiOkResponse({ type: SigningKeySet })
  async list(@Param('provider') code: string): Promise<SigningKeySet> {
    const provider = await this.providers.require(code);
    return { keys: (await this.keys.list(provider.id)).map(show) };
  }
}

function show({ kid, publicJwk, createdAt, revokedAt }: SigningKeyRow): SigningKeyView {
  return {
    ...publicJwk,
    kid,
    createdAt: formatInstant(createdAt.getTime()),
    revokedAt: revokedAt && formatInstant(revokedAt.getTime()),
  };
}
