import { ApiProperty } from '@nestjs/swagger';
import { CONSENT_STATES, type ConsentState, type PersonsConsent } from '@consent-hub/consent';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';

export class ErasedConsentView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: BRANDS })
  brand: Brand;

  @ApiProperty({ enum: CONSENT_STATES, description: 'As it was found', example: 'revoked' })
  state: ConsentState;
}

export class ErasureView {
  @ApiProperty({ type: [ErasedConsentView], description: 'The consents, which name no person now' })
  erased: ErasedConsentView[];
}

export const toErasedConsentView = ({ id, brand, state }: PersonsConsent): ErasedConsentView => ({
  id,
  brand,
  state,
});
