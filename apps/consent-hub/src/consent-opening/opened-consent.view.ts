import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { EXAMPLE_BRAND } from '@consent-hub/psd2-protocol';
import { ConsentView, toConsentView } from '../http-api/consent.view.js';
import type { OpenedConsent } from './consent-opening.service.js';

export class ConsentUriView {
  @ApiProperty({ description: "Language of the bank's screens behind this link", example: 'fr' })
  language: string;

  @ApiProperty({
    format: 'uri',
    example: 'https://bank.example/fr?apptoken=9f8e&state=x1',
    description:
      'Where to send the PSU, complete: the link of the bank with `state`, or the start page of the hub, which leads there and ' +
      'ties the return to the browser that it was opened in. Send the browser there; do not fetch it yourself',
  })
  uri: string;
}

export class PaymentAuthorizationView {
  @ApiProperty({
    format: 'uri',
    description: 'For the header Redirect-URI of your initiation',
    example: `https://hub.example.com/callback/${EXAMPLE_BRAND}`,
  })
  redirect_uri: string;

  @ApiProperty({
    description: 'For the header Code-Challenge of your initiation (RFC 7636)',
    example: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  })
  code_challenge: string;

  @ApiProperty({ enum: ['S256'], description: 'For the header Code-Challenge-Method of your initiation' })
  code_challenge_method: string;

  @ApiProperty({
    description: 'Join it as `state` to the link that the bank answers the initiation with',
    example: 'x1kzE7QhSW9sU0v3mJm2Vw5oWnq3y8u4bq0f6yQ1c2E',
  })
  state: string;
}

/** A consent that waits for its PSU, with the way to the bank. The way is returned once and cannot be requested again. */
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
    example: null,
    description:
      'The live consent of this person that serves until this one is completed, and is retired then',
  })
  supersedes: string | null;
}

const WAITING = {
  id: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70',
  brand: EXAMPLE_BRAND,
  psu_ref: 'customer-4711',
  state: 'initiated',
  state_reason: null,
  generation: 0,
  created_at: '2026-01-31T09:30:00.000Z',
  link_expires_at: '2026-01-31T09:45:00.000Z',
  authorized_at: null,
  activated_at: null,
  refreshed_at: null,
  ended_at: null,
  consent_expires_at: null,
  superseded_by: null,
  supersedes: null,
};
const LINK = { language: 'fr', uri: 'https://bank.example/fr?apptoken=9f8e&state=x1' };

/** For the description of the API: one answer for each scope. */
export const OPENED_EXAMPLES = {
  AIS: { summary: 'A link for the PSU', value: { ...WAITING, scope: 'AIS', consent_uris: [LINK] } },
  CAF: {
    summary: 'A link for the PSU, for one account',
    value: { ...WAITING, scope: 'CAF', iban: 'BE83063154780915', consent_uris: [LINK] },
  },
  PIS: {
    summary: 'What your own initiation must announce',
    value: {
      ...WAITING,
      scope: 'PIS',
      payment_authorization: {
        redirect_uri: `https://hub.example.com/callback/${EXAMPLE_BRAND}`,
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        state: 'x1kzE7QhSW9sU0v3mJm2Vw5oWnq3y8u4bq0f6yQ1c2E',
      },
    },
  },
};

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
      // A part of the caller's own initiation, so it is returned to the caller.
      state: way.state.reveal(),
    },
  };
}
