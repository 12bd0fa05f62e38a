import { ApiProperty } from '@nestjs/swagger';
import { BRANDS, EXAMPLE_BRAND, type Brand } from '@consent-hub/psd2-protocol';
import { IsIn, Matches, MaxLength } from 'class-validator';
import { IsPsuRef, PSU_REF_SCHEMA } from '../http-api/consent-fields.js';

/** RFC 6749, appendix A.11. */
const CODE = /^[\x20-\x7e]{1,4096}$/;
/** RFC 7636, section 4.1. */
const CODE_VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/i;

/** The code of a payment that came to the caller's own callback, with what the caller's initiation had announced. */
export class PaymentCodeRequest {
  @ApiProperty({ enum: BRANDS, description: "The PSU's bank", example: EXAMPLE_BRAND })
  @IsIn(BRANDS, { message: `$property must be one of ${BRANDS.join(', ')}` })
  brand: Brand;

  @ApiProperty({ ...PSU_REF_SCHEMA, description: 'Your own name of the person' })
  @IsPsuRef()
  psu_ref: string;

  @ApiProperty({
    description: '`code` of the callback',
    minLength: 1,
    maxLength: 4096,
    pattern: CODE.source,
    example: 'b6c1a2f0',
  })
  @Matches(CODE, { message: '$property must be 1 to 4096 visible ASCII characters' })
  code: string;

  @ApiProperty({
    description: 'Whose challenge the initiation named (RFC 7636)',
    minLength: 43,
    maxLength: 128,
    pattern: CODE_VERIFIER.source,
    example: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  })
  @Matches(CODE_VERIFIER, {
    message: '$property must be a code verifier of 43 to 128 characters (RFC 7636)',
  })
  code_verifier: string;

  @ApiProperty({
    format: 'uri',
    maxLength: 2048,
    description: 'The `Redirect-URI` of the initiation',
    example: 'https://app.example.com/payment-signed',
  })
  @MaxLength(2048, { message: '$property must be of at most 2048 characters' })
  @Matches(ABSOLUTE_URI, {
    message: '$property must be an absolute URI, as the initiation named it',
  })
  redirect_uri: string;
}
