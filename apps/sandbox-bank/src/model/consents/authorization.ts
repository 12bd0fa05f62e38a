import type { Brand, Language, Scope, Secret } from '@consent-hub/psd2-protocol';

/**
 * Why a PSU is sent to the bank's pages: to consent to the use of accounts, to sign one payment, or to authenticate again
 * for a live consent.
 */
export type Purpose = 'consent' | 'payment' | 'sca';

/** A request of a TPP to a PSU, from the link to the decision. */
export interface Authorization {
  readonly id: string;
  readonly brand: Brand;
  readonly purpose: Purpose;
  readonly scope: Scope;
  readonly tppId: string;
  readonly clientId: string;
  readonly tppName: string;
  /** The language of the link by which it was found. */
  readonly language: Language;
  readonly redirectUri: string;
  /** The account that the TPP named, if any; the PSU cannot choose another. */
  readonly iban: string | null;
  /** The only PSU who can approve, where the TPP's access token names one. */
  readonly boundPsuId: string | null;
  readonly status: 'pending' | 'approved' | 'refused' | 'failed';
  readonly expiresAt: Date;
  readonly expired: boolean;
}

/**
 * For the statements of payments, in SQL: the TPP of an authorization, and the PSU who approved it or is the only one who
 * may.
 */
export const APPROVERS = `(SELECT id, tpp_id, coalesce(psu_id, bound_psu_id) AS psu_id FROM bank.psu_authorization)`;

/** RFC 7636 section 4.2. */
export type CodeChallengeMethod = 'S256' | 'plain';

export interface AuthorizationRequest {
  readonly tppId: string;
  readonly scope: Scope;
  readonly redirectUri: string;
  /** RFC 7636 section 4.2; null where no code is issued. */
  readonly codeChallenge: string | null;
  readonly codeChallengeMethod?: CodeChallengeMethod;
  readonly iban: string | null;
  readonly languages: readonly Language[];
  /** Absent: a consent. */
  readonly purpose?: Purpose;
  readonly boundPsuId?: string | null;
  /** Whether an approval issues a code: true unless the TPP has a token pair already. */
  readonly returnsCode?: boolean;
}

/** Which PSU must authenticate again, and where the browser returns. */
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
  /** For a payment the account to pay from; ignored for an authentication. */
  readonly ibans: readonly string[];
  /** The TPP's own, from the opened link; only its hash is stored, so that the ledger can find the consent by it. */
  readonly state?: string | undefined;
}

/** What an approval gives the TPP: a code, an SCA token, or nothing new. */
export interface Approval {
  readonly code?: Secret;
  readonly scaToken?: Secret;
}
