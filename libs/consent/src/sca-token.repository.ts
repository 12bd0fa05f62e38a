import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ConsentEntity } from './consent.entity.js';
import { ConsentRepository } from './transitions/consent.repository.js';
import { isLive } from './domain/consent-state.js';

/** An SCA token that a later authentication of the PSU brought. */
export interface LaterScaToken {
  readonly consentId: string;
  /** Sealed. */
  readonly value: Buffer;
  /** Until when the authentication may end, by the clock of Postgres. */
  readonly before: Date;
  /** Whether the sealed token that is there is this very one: opening the same return twice changes nothing. */
  readonly isSame: (stored: Buffer) => boolean;
}

export type ScaTokenOutcome = 'stored' | 'late' | 'not_live';

const LIFE_SECONDS = 3600;
const STORE = `
  WITH stored AS (
    UPDATE hub.token_pair SET sca_token = $2, sca_token_expires_at = now() + make_interval(secs => ${LIFE_SECONDS})
     WHERE consent_id = $1 AND access_token IS NOT NULL AND now() < $3
    RETURNING consent_id
  )
  SELECT consent_id FROM stored`;

/** SCA tokens of authentications after the one that gave the consent; that one's comes with the first pair. */
@Injectable()
export class ScaTokenRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentRepository,
  ) {}

  /** Stores a token in the place of the one before, for an hour (bank page "Flows" of the accounts API). */
  store({ consentId, value, before, isSame }: LaterScaToken): Promise<ScaTokenOutcome> {
    return this.dataSource.transaction(async (tx) => {
      await this.consents.lock(tx, consentId);
      const consent = await this.consents.find(consentId, tx);
      if (!consent || !canHold(consent)) return 'not_live';
      const known = consent.tokenPair?.scaToken;
      if (known && isSame(known)) return 'stored';
      const rows = await tx.query<object[]>(STORE, [consentId, value, before]);
      if (rows.length === 0) return 'late';
      await this.consents.record(tx, consentId, 'sca_token_received', 'psu');
      return 'stored';
    });
  }
}

const canHold = ({ state, scope, tokenPair }: ConsentEntity): boolean =>
  isLive(state) && scope === 'AIS' && tokenPair?.accessToken != null;
