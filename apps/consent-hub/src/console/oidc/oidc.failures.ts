import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { ConsoleFailure } from '../access/console-failure.js';

const UNCHANGED = 'You are not signed in, and nothing was changed.';

export const PROVIDER_AWAY = new ConsoleFailure(
  502,
  'The identity provider does not answer',
  `It could not be reached, or is not the one that this hub is set up for. ${UNCHANGED} Try again; if it lasts, see CONSOLE_OIDC_ISSUER and the log of the hub.`,
  true,
);

export const NOT_CONFIGURED = new ConsoleFailure(
  404,
  'There is no identity provider here',
  'People sign in by one-time links: npx consent-hub console link',
);

export const NOT_BEGUN_HERE = new ConsoleFailure(
  400,
  'This sign-in did not begin in this browser',
  `It was begun elsewhere, or more than ten minutes ago, or was completed already. ${UNCHANGED} Begin again.`,
  true,
);

export const NO_ROLE = new ConsoleFailure(
  403,
  'You have no role here',
  `The identity provider knows you, and gives you no role of this console. ${UNCHANGED} Ask the administrator of the roles at your organisation.`,
  true,
);

export const NO_SUBJECT = new ConsoleFailure(
  502,
  'The identity provider names no person',
  `Its answer holds no subject that the audit can record. ${UNCHANGED}`,
  true,
);

const unacceptable = (why: string): ConsoleFailure =>
  new ConsoleFailure(
    400,
    'The answer of the identity provider is refused',
    `${why} ${UNCHANGED} Begin again.`,
    true,
  );

/** By the claim that does not fit; the messages of the library name it. */
const BY_CLAIM: readonly (readonly [RegExp, string])[] = [
  [/"aud"|audience/, 'The id token is for another audience than this console.'],
  [/"iss"|issuer/, 'The id token, or the answer, is of another issuer than the one of this console.'],
  [/nonce/, 'The id token belongs to another sign-in.'],
  [/state/, 'The answer belongs to another sign-in.'],
  [/"exp"|"iat"|"nbf"/, 'The id token has expired, or is not valid yet.'],
  [/signature/, 'The signature of the id token is not the provider’s.'],
];

const CODE_WORD = /^[a-z_]{1,64}$/;

/** Why a sign-in failed, in words for the person; none of the provider's own, which may hold anything. */
export function failureOfProvider(error: unknown): ConsoleFailure {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const code = CODE_WORD.test(error.error) ? ` (${error.error})` : '';
    return new ConsoleFailure(
      403,
      'The identity provider refused',
      `It did not sign you in${code}. ${UNCHANGED} Begin again, or ask its administrator.`,
      true,
    );
  }
  if (!(error instanceof ClientError)) return PROVIDER_AWAY;
  const cause = error.cause instanceof Error ? error.cause.message : '';
  const text = `${error.message} ${cause}`;
  const [, why] = BY_CLAIM.find(([pattern]) => pattern.test(text)) ?? [];
  return unacceptable(why ?? 'It is not of the form that OpenID Connect asks for.');
}
