import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** A public key of Ed25519 as a JWK (RFC 7517, RFC 8037). */
export class PublicJwkView {
  @ApiProperty({ enum: ['OKP'] })
  kty: string;

  @ApiProperty({ enum: ['Ed25519'] })
  crv: string;

  @ApiProperty({
    type: String,
    description: 'The 32 bytes of the public key, base64url',
    example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  })
  x: string;

  @ApiPropertyOptional({
    type: String,
    description: 'RFC 7638 thumbprint',
    example: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  })
  kid?: string;

  @ApiPropertyOptional({ enum: ['EdDSA'] })
  alg?: string;

  @ApiPropertyOptional({ enum: ['sig'] })
  use?: string;
}
