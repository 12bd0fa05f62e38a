import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsPsuRef, PSU_REF_SCHEMA } from '../http-api/consent-fields.js';
import { PAGE_LANGUAGES, type PageLanguage } from '../http-api/page-language.js';
import { IsReturnUrl } from '../http-api/return-url.js';

export class PsuSessionRequest {
  @ApiProperty({
    ...PSU_REF_SCHEMA,
    description: 'The name under which you opened the consents of the person. Be sure who the person is.',
  })
  @IsPsuRef()
  psu_ref: string;

  @ApiPropertyOptional({
    enum: PAGE_LANGUAGES,
    nullable: true,
    description: 'Language of the pages; without it what the browser prefers. The person can change it.',
    example: 'fr',
  })
  @IsOptional()
  @IsIn(PAGE_LANGUAGES, { message: `$property must be one of ${PAGE_LANGUAGES.join(', ')}` })
  language?: PageLanguage | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description:
      'Where a link back to your application leads, as you would open a consent with it; without it the pages have none.',
    format: 'uri',
    pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
    maxLength: 2048,
    example: 'https://app.example.com/settings',
  })
  @IsOptional()
  @IsReturnUrl()
  return_url?: string | null;
}
