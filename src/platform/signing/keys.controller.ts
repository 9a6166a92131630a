import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { JWK } from 'jose';
import { Public } from '../http/index.js';
import { SigningService } from './signing.service.js';

class KeySetView {
  @ApiProperty({ type: [Object], description: 'JWKs (RFC 8037, Ed25519), latest first' })
  keys: JWK[];
}

@ApiTags('about')
@Controller('.well-known/peerledger-keys.json')
export class KeysController {
  constructor(private readonly signing: SigningService) {}

  @Get()
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ operationId: 'getSigningKeys', summary: 'The public keys with which the service signs' })
  @ApiOkResponse({ type: KeySetView })
  async keys(): Promise<KeySetView> {
    return this.signing.publicKeys();
  }
}
