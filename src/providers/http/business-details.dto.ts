import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { Nested, NO_CONTROL_CHARACTERS, Satisfies } from '../../platform/http/index.js';
import { isCountry, type BusinessDetails, type PostalAddress } from '../rules/business-details.js';

const NAME_MAX = 200;
const VAT_ID = /^[A-Z]{2}[0-9A-Za-z+*.]{2,13}$/;
/** Codes of the EAS list are four digits, or two letters for those that are no identifiers of organisations. */
const EAS_CODE = /^(\d{4}|A[NQSU]|EM)$/;

/** A line of text without control characters. */
function IsLine(): PropertyDecorator {
  return applyDecorators(
    IsString({ message: 'must be a text' }),
    Length(1, NAME_MAX, { message: `must have 1 to ${NAME_MAX} characters` }),
    Matches(NO_CONTROL_CHARACTERS, { message: 'must have no control characters' }),
  );
}

class PostalAddressInput {
  @ApiProperty({ type: String, maxLength: NAME_MAX, example: '1 Exchange Square' })
  @IsLine()
  street: string;

  @ApiPropertyOptional({ type: String, maxLength: NAME_MAX, nullable: true, example: 'Level 2' })
  @IsOptional()
  @IsLine()
  additionalStreet?: string | null;

  @ApiProperty({ type: String, maxLength: NAME_MAX, example: 'Zürich' })
  @IsLine()
  city: string;

  @ApiPropertyOptional({ type: String, maxLength: NAME_MAX, nullable: true, example: '8001' })
  @IsOptional()
  @IsLine()
  postalZone?: string | null;

  @ApiPropertyOptional({
    type: String,
    maxLength: NAME_MAX,
    nullable: true,
    description: 'State or region',
    example: 'ZH',
  })
  @IsOptional()
  @IsLine()
  countrySubentity?: string | null;

  @ApiProperty({ type: String, pattern: '^[A-Z]{2}$', description: 'ISO 3166-1', example: 'CH' })
  @Satisfies('country', isCountry, 'must be the two-letter code of a country, such as CH')
  country: string;
}

class EndpointInput {
  @ApiProperty({
    type: String,
    pattern: EAS_CODE.source,
    description: 'Of the EAS code list',
    example: '0088',
  })
  @Matches(EAS_CODE, { message: 'must be a code of the EAS list, such as 0088' })
  scheme: string;

  @ApiProperty({ type: String, maxLength: NAME_MAX, example: '7300010000001' })
  @IsLine()
  id: string;
}

/** All that documents say of a provider beside its name, code and AS numbers. */
export class BusinessDetailsInput {
  @ApiPropertyOptional({
    type: String,
    maxLength: NAME_MAX,
    nullable: true,
    description: 'In place of the provider’s name',
    example: 'Alpha International Ltd',
  })
  @IsOptional()
  @IsLine()
  legalName?: string | null;

  @ApiPropertyOptional({ type: PostalAddressInput, nullable: true })
  @IsOptional()
  @Nested(() => PostalAddressInput, 'must be an address')
  address?: PostalAddressInput | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    pattern: VAT_ID.source,
    description:
      'With the country’s prefix. No tax is stated on statements, so UBL leaves it out (EN 16931, BR-O-02)',
    example: 'DE123456789',
  })
  @IsOptional()
  @Matches(VAT_ID, { message: 'must be a VAT identifier with its country’s prefix, such as DE123456789' })
  vatId?: string | null;

  @ApiPropertyOptional({
    type: String,
    maxLength: NAME_MAX,
    nullable: true,
    description: 'In the register of companies',
    example: 'CHE-123.456.789',
  })
  @IsOptional()
  @IsLine()
  registrationId?: string | null;

  @ApiPropertyOptional({
    type: EndpointInput,
    nullable: true,
    description: 'Where electronic documents are sent to, such as the provider’s identifier in Peppol',
  })
  @IsOptional()
  @Nested(() => EndpointInput, 'must be an endpoint')
  endpoint?: EndpointInput | null;
}

class PostalAddressView implements PostalAddress {
  @ApiProperty({ type: String, example: '1 Exchange Square' })
  street: string;

  @ApiProperty({ type: String, nullable: true, example: 'Level 2' })
  additionalStreet: string | null;

  @ApiProperty({ type: String, example: 'Zürich' })
  city: string;

  @ApiProperty({ type: String, nullable: true, example: '8001' })
  postalZone: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ZH' })
  countrySubentity: string | null;

  @ApiProperty({ type: String, example: 'CH' })
  country: string;
}

class EndpointView {
  @ApiProperty({ type: String, example: '0088' })
  scheme: string;

  @ApiProperty({ type: String, example: '7300010000001' })
  id: string;
}

/** The same with null for what is not known. */
export class BusinessDetailsView implements BusinessDetails {
  @ApiProperty({ type: String, nullable: true, example: 'Alpha International Ltd' })
  legalName: string | null;

  @ApiProperty({ type: PostalAddressView, nullable: true })
  address: PostalAddressView | null;

  @ApiProperty({ type: String, nullable: true, example: 'CHE123456789' })
  vatId: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'CHE-123.456.789' })
  registrationId: string | null;

  @ApiProperty({ type: EndpointView, nullable: true })
  endpoint: EndpointView | null;
}

export function readDetails(input: BusinessDetailsInput): BusinessDetails {
  const { legalName = null, address, vatId = null, registrationId = null, endpoint } = input;
  return {
    legalName,
    address: address ? readAddress(address) : null,
    vatId,
    registrationId,
    endpoint: endpoint ? { scheme: endpoint.scheme, id: endpoint.id } : null,
  };
}

function readAddress(input: PostalAddressInput): PostalAddress {
  const {
    street,
    additionalStreet = null,
    city,
    postalZone = null,
    countrySubentity = null,
    country,
  } = input;
  return { street, additionalStreet, city, postalZone, countrySubentity, country };
}
