import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../http/index.js';
import { SigningService } from './signing.service.js';
import { PublicJwkView } from './public-jwk.view.js';

class KeySetView {
  @ApiProperty({ type: [PublicJwkView], description: 'Latest first' })
  keys: PublicJwkView[];
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
