import { Secret } from '@consent-hub/psd2-protocol';

/** So long people may take at the identity provider. */
export const ATTEMPT_SECONDS = 600;

/** A sign-in that is under way, in a cookie of the browser that began it: an answer in another browser is refused. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where the person wanted to go. */
  readonly to: string;
}

export const writeAttempt = (attempt: SignInAttempt): Secret =>
  new Secret(Buffer.from(JSON.stringify(attempt)).toString('base64url'));

export function readAttempt(text: string | undefined): SignInAttempt | null {
  if (text === undefined || text === '') return null;
  try {
    const read = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<
      Record<keyof SignInAttempt, unknown>
    >;
    const { state, nonce, verifier, to } = read;
    if ([state, nonce, verifier, to].some((one) => typeof one !== 'string' || one === '')) return null;
    return { state, nonce, verifier, to } as SignInAttempt;
  } catch {
    return null;
  }
}
