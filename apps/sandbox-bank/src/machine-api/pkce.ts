import { HEADER, Secret } from '@consent-hub/psd2-protocol';
import type { Assumptions } from '../model/settings/assumptions.js';
import type { CodeChallengeMethod } from '../model/consents/authorization.js';
import type { MachineRequest } from './machine.request.js';

export interface CodeChallenge {
  readonly codeChallenge: string;
  readonly codeChallengeMethod: CodeChallengeMethod;
}

interface PkceForm {
  /** The form of a challenge, by its method. */
  readonly challenge: Readonly<Record<CodeChallengeMethod, RegExp>>;
  readonly verifier: RegExp;
}

/** Assumed: `plain` is refused, since it protects nothing once the challenge is seen (RFC 7636 section 7.2). */
const METHOD = {
  s256: /^S256$/,
  s256_or_plain: /^(?:S256|plain)$/,
} as const satisfies Record<Assumptions['code_challenge_method'], RegExp>;

/** RFC 7636 section 4.2: a plain challenge is the verifier itself. */
const PLAIN = /^[A-Za-z0-9._~-]{43,128}$/;

const FORM = {
  // RFC 7636 sections 4.1 and 4.2.
  rfc7636: {
    challenge: { S256: /^[A-Za-z0-9_-]{43}$/, plain: PLAIN },
    verifier: /^[A-Za-z0-9._~-]{43,128}$/,
  },
  lenient: {
    challenge: { S256: /^(?:[A-Za-z0-9_-]{43}|[A-Za-z0-9+/]{43}=?)$/, plain: PLAIN },
    verifier: /^[A-Za-z0-9._~+/-]{32,128}={0,2}$/,
  },
} as const satisfies Record<Assumptions['pkce_form'], PkceForm>;

/** The challenge that the verifier of POST /token must match; it comes in two headers (bank page "reference"). */
export function readCodeChallenge(request: MachineRequest, assumptions: Assumptions): CodeChallenge {
  const method = request.header(HEADER.codeChallengeMethod, METHOD[assumptions.code_challenge_method]);
  const { challenge } = FORM[assumptions.pkce_form];
  return method === 'plain'
    ? { codeChallengeMethod: 'plain', codeChallenge: request.header(HEADER.codeChallenge, challenge.plain) }
    : {
        codeChallengeMethod: 'S256',
        codeChallenge: inBase64url(request.header(HEADER.codeChallenge, challenge.S256)),
      };
}

/** The verifier in a form, or null where none is sent. */
export function readCodeVerifier(request: MachineRequest, assumptions: Assumptions): Secret | null {
  const verifier = request.optionalField('code_verifier', FORM[assumptions.pkce_form].verifier);
  return verifier === undefined ? null : new Secret(verifier);
}

const inBase64url = (text: string): string =>
  text.replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, '');
