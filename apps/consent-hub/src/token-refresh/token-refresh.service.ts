import { Injectable } from '@nestjs/common';
import {
  ConsentError,
  isLive,
  PairRefresh,
  VisibleConsents,
  type ConsentEntity,
  type GrantCaller,
} from '@consent-hub/consent';
import type { Caller, RequestTrace } from '@consent-hub/platform';
import { TokenGrants } from '@consent-hub/token-grant';
import { RefreshSettings } from '../config/refresh.settings.js';

/** How long a caller of the API waits for its refresh; the call at the bank may outlast it. */
const WAIT_MS = 15_000;

/** Refreshes on demand. */
@Injectable()
export class TokenRefreshService extends PairRefresh {
  override readonly minIntervalSeconds: number;

  constructor(
    private readonly grants: TokenGrants,
    private readonly visible: VisibleConsents,
    settings: RefreshSettings,
  ) {
    super();
    this.minIntervalSeconds = settings.REFRESH_MIN_INTERVAL_SECONDS;
  }

  override refresh(consentId: string, generation: number, caller: GrantCaller): Promise<void> {
    return this.grants.refresh(consentId, generation, caller);
  }

  /**
   * Refreshes a consent now and returns it as it stands then.
   *
   * @throws ConsentError
   */
  async refreshNow(caller: Caller, consentId: string, trace: RequestTrace): Promise<ConsentEntity> {
    const { state, stateReason: reason, tokenPair } = await this.visible.get(caller, consentId);
    if (!isLive(state) || !tokenPair)
      throw new ConsentError('consent_not_live', { consentId, state, reason });
    await this.refresh(consentId, tokenPair.generation, { waitMs: WAIT_MS, trace, isForced: true });
    return this.visible.get(caller, consentId);
  }
}
