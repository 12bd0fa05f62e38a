import { OPEN_STATUSES_SQL } from './domain/request-status.js';

/*
 * What is asked of the journal of token requests together with a consent, in one statement. Its table belongs to libs/token-grant,
 * which stands above this lib: the one place below it that knows the table.
 */

/** What a request `r` must be like to need attention: its answer was lost, or is kept and cannot be read. */
export const DOUBTFUL_REQUEST = `(r.status = 'in_doubt' OR r.status = 'sent' AND r.lease_ends_at <= now())`;
export const KEPT_ANSWER = `r.raw_answer IS NOT NULL`;
/** A request `r` that excludes any other for its consent. */
export const OPEN_REQUEST = `r.status IN (${OPEN_STATUSES_SQL})`;

/**
 * The consent has such a request.
 *
 * @param consentId in SQL
 * @param condition on the request `r`
 */
export const HAS_REQUEST = (consentId: string, condition: string): string =>
  `EXISTS (SELECT FROM hub.token_request r WHERE r.consent_id = ${consentId} AND ${condition})`;

/** The answer to a refresh of the consent was lost: the bank may already have replaced its pair. */
export const IS_IN_DOUBT = (consentId: string): string => HAS_REQUEST(consentId, `r.status = 'in_doubt'`);

/** The ids of the consents that have such a request, one row a request. */
export const CONSENTS_WITH_REQUEST = (condition: string): string =>
  `SELECT r.consent_id FROM hub.token_request r WHERE ${condition}`;
