import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { ConsentEntity } from './consent.entity.js';
import { TokenPairEntity } from './token-pair.entity.js';

/** Reads a consent without its pair, and holds its row to the end of the transaction, as `ConsentRepository.lock`. */
export const findLocked = (tx: EntityManager, id: string): Promise<ConsentEntity | null> =>
  tx.findOne(ConsentEntity, { where: { id }, lock: { mode: 'for_no_key_update' } });

/** @param which a pair of another generation than the given one is not found */
export const findPair = (
  manager: EntityManager,
  which: { readonly consentId: string; readonly generation?: number },
): Promise<TokenPairEntity | null> => manager.findOneBy(TokenPairEntity, which);

/** Generation of the pair that a consent holds; 0 for none. */
export async function generationOf(manager: EntityManager, consentId: string): Promise<number> {
  const tokenPair = await manager.findOne(TokenPairEntity, {
    select: { consentId: true, generation: true },
    where: { consentId },
  });
  return tokenPair?.generation ?? 0;
}

/** Consents with their pairs. */
export const withTokens = (manager: EntityManager): SelectQueryBuilder<ConsentEntity> =>
  manager
    .createQueryBuilder(ConsentEntity, 'consent')
    .leftJoinAndMapOne('consent.tokenPair', TokenPairEntity, 'tokens', 'tokens.consent_id = consent.id');

/** Those of the ids that are consents, with their pairs, in no order. */
export const findConsents = (manager: EntityManager, ids: readonly string[]): Promise<ConsentEntity[]> =>
  withTokens(manager)
    .where('consent.id = ANY (:ids::uuid[])', { ids: [...ids] })
    .getMany();
