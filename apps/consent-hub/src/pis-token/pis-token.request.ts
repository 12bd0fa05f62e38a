import { ApiProperty } from '@nestjs/swagger';
import { IsPsuRef } from '@consent-hub/consent';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import { IsIn, Matches, MaxLength } from 'class-validator';

/** The code of a payment that came to the caller's own callback, with what the caller's initiation had announced. */
export class PaymentCodeRequest {
  @ApiProperty({ enum: BRANDS, description: "The PSU's bank", example: 'belfius' })
  @IsIn(BRANDS, { message: `$property must be one of ${BRANDS.join(', ')}` })
  brand: Brand;

  @ApiProperty({ description: 'Your own name of the person', minLength: 1, maxLength: 128 })
  @IsPsuRef()
  psu_ref: string;

  /** RFC 6749, appendix A.11. */
  @ApiProperty({ description: '`code` of the callback', minLength: 1, maxLength: 4096 })
  @Matches(/^[\x20-\x7e]{1,4096}$/, { message: '$property must be 1 to 4096 visible ASCII characters' })
  code: string;

  /** RFC 7636, section 4.1. */
  @ApiProperty({
    description: 'Whose challenge the initiation named (RFC 7636)',
    minLength: 43,
    maxLength: 128,
  })
  @Matches(/^[A-Za-z0-9._~-]{43,128}$/, {
    message: '$property must be a code verifier of 43 to 128 characters (RFC 7636)',
  })
  code_verifier: string;

  @ApiProperty({ format: 'uri', maxLength: 2048, description: 'The `Redirect-URI` of the initiation' })
  @MaxLength(2048, { message: '$property must be of at most 2048 characters' })
  @Matches(/^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/i, {
    message: '$property must be an absolute URI, as the initiation named it',
  })
  redirect_uri: string;
}
