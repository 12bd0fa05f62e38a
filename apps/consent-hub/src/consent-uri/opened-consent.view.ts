import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ConsentView, toConsentView } from '@consent-hub/consent';
import type { OpenedConsent } from './consent-opening.service.js';

export class ConsentUriView {
  @ApiProperty({ description: "Language of the bank's screens behind this link", example: 'fr' })
  language: string;

  @ApiProperty({ format: 'uri', description: 'Where to send the PSU: complete, `state` included' })
  uri: string;
}

export class PaymentAuthorizationView {
  @ApiProperty({ format: 'uri', description: 'For the header Redirect-URI of your initiation' })
  redirect_uri: string;

  @ApiProperty({ description: 'For the header Code-Challenge of your initiation (RFC 7636)' })
  code_challenge: string;

  @ApiProperty({ enum: ['S256'], description: 'For the header Code-Challenge-Method of your initiation' })
  code_challenge_method: string;

  @ApiProperty({ description: 'Join it as `state` to the link that the bank answers the initiation with' })
  state: string;
}

/** A consent that waits for its PSU, with the way to the bank. It is told once and cannot be asked for again. */
export class OpenedConsentView extends ConsentView {
  @ApiPropertyOptional({ type: [ConsentUriView], description: 'AIS and CAF: one link a language' })
  consent_uris?: ConsentUriView[];

  @ApiPropertyOptional({
    type: PaymentAuthorizationView,
    description: "PIS: for the caller's own initiation",
  })
  payment_authorization?: PaymentAuthorizationView;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'The live consent of this person that serves until this one is completed, and is retired then',
  })
  supersedes: string | null;
}

export function toOpenedConsentView({ consent, way, supersedes }: OpenedConsent): OpenedConsentView {
  const view = { ...toConsentView(consent), supersedes };
  if (way.kind === 'links') {
    return { ...view, consent_uris: way.uris.map(({ language, uri }) => ({ language, uri })) };
  }
  return {
    ...view,
    payment_authorization: {
      redirect_uri: way.redirectUri,
      code_challenge: way.pkce.challenge,
      code_challenge_method: way.pkce.method,
      // Half of the caller's own initiation, so the caller is whom it is sent to.
      state: way.state.reveal(),
    },
  };
}
