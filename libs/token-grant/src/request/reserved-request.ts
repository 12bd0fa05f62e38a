import type { Brand, GrantType, Scope } from '@consent-hub/psd2-protocol';
import type { TokenRequestEntity } from './token-request.entity.js';

/** What must be known of a request to settle it again, even where the database has forgotten it. */
export type RequestRecord = Pick<
  TokenRequestEntity,
  | 'id'
  | 'consentId'
  | 'brand'
  | 'grantType'
  | 'expectedGeneration'
  | 'requestId'
  | 'sentAt'
  | 'owner'
  | 'leaseEndsAt'
  | 'callerRequestId'
>;

/** A request of the journal that is about to be sent, or is under way. */
export type OpenRequest = RequestRecord & Pick<TokenRequestEntity, 'probeOf'>;

/** The ids of a request by their names in the log, those of `TraceFacts`. */
export const logNamesOf = ({
  callerRequestId,
  requestId: bankRequestId,
  consentId,
}: Pick<RequestRecord, 'callerRequestId' | 'requestId' | 'consentId'>) =>
  callerRequestId === null
    ? { bankRequestId, consentId }
    : { requestId: callerRequestId, bankRequestId, consentId };

/** What a request spends, sealed: the pair's refresh token, or the code with what belongs to it. */
export type Spendable =
  | { readonly refreshToken: Buffer }
  | {
      readonly authorizationCode: Buffer | null;
      readonly codeVerifier: Buffer | null;
      readonly redirectUri: string;
    };

/** A request that this process may now send: no other process can, while it is open. */
export interface ReservedRequest {
  /** Says whether it may still be sent: a process that was delayed may have been given up by others. */
  readonly isFresh: () => boolean;
  readonly request: OpenRequest;
  readonly scope: Scope;
  readonly spends: Spendable;
}

/** As the statements give it. */
export interface ReservedRow {
  id: string;
  consent_id: string;
  brand: Brand;
  grant_type: GrantType;
  expected_generation: number;
  request_id: string;
  probe_of: string | null;
  owner: string;
  sent_at: Date;
  lease_ends_at: Date;
  caller_request_id: string | null;
  scope: Scope;
  refresh_token?: Buffer;
  authorization_code?: Buffer | null;
  code_verifier?: Buffer | null;
  redirect_uri?: string;
}

export const fromRow = (row: ReservedRow): Omit<ReservedRequest, 'isFresh'> => ({
  request: {
    id: row.id,
    consentId: row.consent_id,
    brand: row.brand,
    grantType: row.grant_type,
    expectedGeneration: row.expected_generation,
    requestId: row.request_id,
    probeOf: row.probe_of,
    owner: row.owner,
    sentAt: row.sent_at,
    leaseEndsAt: row.lease_ends_at,
    callerRequestId: row.caller_request_id,
  },
  scope: row.scope,
  spends: row.refresh_token
    ? { refreshToken: row.refresh_token }
    : {
        authorizationCode: row.authorization_code ?? null,
        codeVerifier: row.code_verifier ?? null,
        redirectUri: row.redirect_uri ?? '',
      },
});
