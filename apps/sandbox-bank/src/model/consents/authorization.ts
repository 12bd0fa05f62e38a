import type { Brand, Language, Scope, Secret } from '@consent-hub/psd2-protocol';

/**
 * Why a PSU is sent to the bank's pages: to consent to the use of accounts, to sign one payment, or to prove again who
 * they are for a consent that they gave before.
 */
export type Purpose = 'consent' | 'payment' | 'sca';

/** What a TPP asks a PSU for, from the link to the PSU's decision. */
export interface Authorization {
  readonly id: string;
  readonly brand: Brand;
  readonly purpose: Purpose;
  readonly scope: Scope;
  readonly tppId: string;
  readonly clientId: string;
  readonly tppName: string;
  /** Of the link by which it was found. */
  readonly language: Language;
  readonly redirectUri: string;
  /** The account that the TPP named; the PSU has no other to choose. */
  readonly iban: string | null;
  /** The one PSU who can approve, where the TPP's access token says who that is. */
  readonly boundPsuId: string | null;
  readonly status: 'pending' | 'approved' | 'refused' | 'failed';
  readonly expiresAt: Date;
  readonly expired: boolean;
}

/** For the statements of payments, in SQL: of which TPP an authorization is, and who approved it or alone may. */
export const APPROVERS = `(SELECT id, tpp_id, coalesce(psu_id, bound_psu_id) AS psu_id FROM bank.psu_authorization)`;

/** RFC 7636 section 4.2. */
export type CodeChallengeMethod = 'S256' | 'plain';

export interface AuthorizationRequest {
  readonly tppId: string;
  readonly scope: Scope;
  readonly redirectUri: string;
  /** RFC 7636 section 4.2; null for what no TPP will prove to have begun. */
  readonly codeChallenge: string | null;
  readonly codeChallengeMethod?: CodeChallengeMethod;
  readonly iban: string | null;
  readonly languages: readonly Language[];
  /** A consent unless it says otherwise. */
  readonly purpose?: Purpose;
  readonly boundPsuId?: string | null;
  /** Whether an approval is worth a code: true unless the TPP has a pair already. */
  readonly returnsCode?: boolean;
}

/** Who must prove again who they are, and where they go from there. */
export interface ScaRequest {
  readonly tppId: string;
  readonly psuId: string;
  readonly redirectUri: string;
  readonly languages: readonly Language[];
}

/** One link to the same authorization, in one language. */
export interface AuthorizationLink {
  readonly language: Language;
  readonly appToken: Secret;
}

export interface PsuChoice {
  readonly psuId: string;
  /** Of a payment the one to pay from; of no matter where the PSU only proves who they are. */
  readonly ibans: readonly string[];
  /** The TPP's own, as it stood in the opened link; only its hash is kept, so that the ledger can find the consent by it. */
  readonly state?: string | undefined;
}

/** What an approval is worth to the TPP: a code, an SCA token, or nothing that it does not have already. */
export interface Approval {
  readonly code?: Secret;
  readonly scaToken?: Secret;
}
