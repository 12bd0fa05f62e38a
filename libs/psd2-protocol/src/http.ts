/** Header names of the bank's API, in the bank's spelling; HTTP compares them without case. */
export const HEADER = {
  accept: 'Accept',
  acceptLanguage: 'Accept-Language',
  authorization: 'Authorization',
  clientId: 'Client-ID',
  codeChallenge: 'Code-Challenge',
  codeChallengeMethod: 'Code-Challenge-Method',
  redirectUri: 'Redirect-URI',
  scaToken: 'SCA-Token',
  requestId: 'Request-ID',
  responseId: 'Response-ID',
  /** For a payment initiation: a JWS by the TPP's seal (bank page "reference": payments). */
  signature: 'Signature',
} as const;

/** The media type by which a caller chooses the version of one endpoint. */
export const vendorMediaType = (version: string): string =>
  `application/vnd.belfius.api+json; version=${version}`;
