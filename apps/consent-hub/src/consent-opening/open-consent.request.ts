import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  BRANDS,
  EXAMPLE_BRAND,
  LANGUAGES,
  SCOPES,
  type Brand,
  type Language,
  type Scope,
} from '@consent-hub/psd2-protocol';
import { IsIn, IsOptional } from 'class-validator';
import {
  IsPsuRef,
  IsPurpose,
  PSU_REF_SCHEMA,
  PURPOSE_SCHEMA,
  IBAN_SCHEMA,
  IsElectronicIban,
} from '../http-api/consent-fields.js';
import { IsReturnUrl } from '../http-api/return-url.js';

export class OpenConsentRequest {
  @ApiProperty({
    enum: SCOPES,
    description: 'AIS: account information. CAF: confirmation of funds. PIS: payment initiation.',
    example: 'AIS',
  })
  @IsIn(SCOPES, { message: `$property must be one of ${SCOPES.join(', ')}` })
  scope: Scope;

  @ApiProperty({ enum: BRANDS, description: "The PSU's bank", example: EXAMPLE_BRAND })
  @IsIn(BRANDS, { message: `$property must be one of ${BRANDS.join(', ')}` })
  brand: Brand;

  @ApiProperty({
    description:
      'Your own name of the person; opaque to the hub, and one namespace for all API clients: the same name is the same person, ' +
      'who has one live consent per brand and scope. 1 to 128 printable characters.',
    ...PSU_REF_SCHEMA,
  })
  @IsPsuRef()
  psu_ref: string;

  @ApiPropertyOptional({
    ...IBAN_SCHEMA,
    nullable: true,
    description:
      'CAF only, and required there: the account whose funds will be asked for. Spaces and case do not matter.',
  })
  @IsOptional()
  @IsElectronicIban()
  iban?: string | null;

  @ApiPropertyOptional({
    enum: LANGUAGES,
    nullable: true,
    description: "Language of the bank's screens; without it the bank offers every language it has.",
    example: 'fr',
  })
  @IsOptional()
  @IsIn(LANGUAGES, { message: `$property must be one of ${LANGUAGES.join(', ')}` })
  language?: Language | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description:
      'Where the PSU is sent in the end, with consent_id, consent_state and, when it failed, reason joined to the query. ' +
      'An https URL without fragment or credentials; http for localhost only. Without it the hub shows a page of its own. ' +
      'With it, unless the hub is set up otherwise, the links lead over a start page of the hub, and only the browser that ' +
      'came that way can finish.',
    format: 'uri',
    pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
    maxLength: 2048,
    example: 'https://app.example.com/bank-connected?session=42',
  })
  @IsOptional()
  @IsReturnUrl()
  return_url?: string | null;

  @ApiPropertyOptional({
    ...PURPOSE_SCHEMA,
    nullable: true,
    description:
      'What you use the access for, in the language of the person, who reads it on the page of connected accounts. ' +
      'No personal data. 1 to 140 printable characters.',
  })
  @IsOptional()
  @IsPurpose()
  purpose?: string | null;
}
