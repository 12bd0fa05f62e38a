import type { QueryDeepPartialEntity } from 'typeorm';
import type { ConsentEntity } from '../consent.entity.js';
import { isEnded, type TargetState } from '../domain/consent-state.js';
import type { TransitionData } from '../domain/transition.js';

type Columns = QueryDeepPartialEntity<ConsentEntity>;

const now = () => 'now()';

/** The process that exchanged the code asks for the accounts at once; this time is for the case that it fails. */
const accountsDue = () => `CASE WHEN scope = 'AIS' THEN now() + interval '10 seconds' END`;

/** From here on nothing of the exchange is needed, and what is not needed is not kept. */
const EXCHANGE_IS_OVER: Columns = { codeVerifier: null, authorizationCode: null, linkStart: null };

const BY_TARGET: { [T in TargetState]: (data: TransitionData[T]) => Columns } = {
  authorized: ({ authorizationCode, validityDays }) => ({
    authorizationCode: Buffer.from(authorizationCode),
    linkStart: null,
    authorizedAt: now,
    consentExpiresAt: () => `now() + make_interval(days => ${Math.trunc(validityDays)})`,
  }),
  active: () => ({ ...EXCHANGE_IS_OVER, activatedAt: now, accountsDueAt: accountsDue }),
  refreshed: () => ({}),
  superseded: ({ successorId }) => ({ supersededBy: successorId }),
  revoked: () => ({}),
  expired: () => EXCHANGE_IS_OVER,
  rejected: () => EXCHANGE_IS_OVER,
  failed: () => EXCHANGE_IS_OVER,
};

/** The columns that a transition writes in addition to state and reason. Moments are the database's, whose clock all replicas share. */
export const columnsOf = <T extends TargetState>(to: T, data: TransitionData[T]): Columns => ({
  ...BY_TARGET[to](data),
  endedAt: isEnded(to) ? now : null,
});
