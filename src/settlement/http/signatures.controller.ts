import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { formatInstant } from '../../period/index.js';
import { PublicJwkView } from '../../platform/signing/index.js';
import { SignaturesService } from '../signatures.service.js';
import { StatementsService } from '../statements.service.js';
import { OfStatement } from './of-statement.js';

class SignatureView {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code of the party; null for the service itself',
    example: 'alpha',
  })
  signer: string | null;

  @ApiProperty({
    type: String,
    description: 'RFC 7638 thumbprint of the key',
    example: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  })
  kid: string;

  @ApiProperty({
    type: PublicJwkView,
    description: 'Trust it by its owner’s word, not by this one',
  })
  publicKey: PublicJwkView;

  @ApiProperty({ type: String, format: 'date-time' })
  signedAt: string;

  @ApiProperty({
    type: String,
    description: 'Detached JWS (RFC 7515, appendix F) over the bytes of the .json download',
    example: 'eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcks4In0..c2lnbmF0dXJl',
  })
  jws: string;
}

class SignaturesView {
  @ApiProperty({ type: String, format: 'uuid' })
  statement: string;

  @ApiProperty({ type: String, example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' })
  sha256: string;

  @ApiProperty({ type: [SignatureView] })
  signatures: SignatureView[];
}

@ApiTags('statements')
@OfStatement()
@Controller('v1/statements/:statement/signatures')
export class SignaturesController {
  constructor(
    private readonly signatures: SignaturesService,
    private readonly statements: StatementsService,
  ) {}

  @Get()
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'listSignatures',
    summary: 'The signatures under a statement: the service’s, and those of parties that accepted it',
    description: '`peerledger verify` checks them with no server.',
  })
  @ApiOkResponse({ type: SignaturesView })
  async list(@CurrentCaller() caller: Caller, @Param('statement') id: string): Promise<SignaturesView> {
    const statement = await this.statements.find(caller, id);
    const signatures = await this.signatures.list(statement);
    return {
      statement: statement.id,
      sha256: statement.sha256,
      signatures: signatures.map(({ signer, kid, publicJwk, signedAt, jws }) => ({
        signer,
        kid,
        publicKey: publicJwk as PublicJwkView,
        signedAt: formatInstant(signedAt.getTime()),
        jws,
      })),
    };
  }
}
