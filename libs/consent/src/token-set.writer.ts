import type { EntityManager } from 'typeorm';
import type { SealedTokenSet } from './domain/transition.js';
import { TokenSetEntity } from './token-set.entity.js';

/**
 * Stores a pair as the generation it was sealed for: the first is inserted, a later one replaces exactly its predecessor.
 *
 * @returns false when another pair is there than the one that this pair follows; nothing was changed then
 */
export async function storePair(
  tx: EntityManager,
  consentId: string,
  tokens: SealedTokenSet,
): Promise<boolean> {
  const { generation, keyId, issuedAt, logicalId, scaToken } = tokens;
  const expiry = (seconds: number) => new Date(issuedAt.getTime() + seconds * 1000);
  const values = {
    generation,
    keyId,
    issuedAt,
    accessToken: Buffer.from(tokens.accessToken),
    refreshToken: Buffer.from(tokens.refreshToken),
    accessExpiresAt: expiry(tokens.expiresInSeconds),
    // A refresh brings no SCA token and need not repeat the logical-ID: what is known stays until its own end.
    ...(logicalId === undefined ? {} : { logicalId }),
    ...(scaToken && {
      scaToken: Buffer.from(scaToken.value),
      scaTokenExpiresAt: expiry(scaToken.expiresInSeconds),
    }),
  };
  if (generation === 1) {
    const insert = await tx
      .createQueryBuilder()
      .insert()
      .into(TokenSetEntity)
      .values({ consentId, ...values })
      .orIgnore()
      .returning('consent_id')
      .execute();
    return (insert.raw as unknown[]).length === 1;
  }
  const update = await tx
    .createQueryBuilder()
    .update(TokenSetEntity)
    .set(values)
    .where({ consentId, generation: generation - 1 })
    .andWhere('refresh_token IS NOT NULL')
    .execute();
  return update.affected === 1;
}

/** Destroys the values of a pair; generation, dates and logical-ID stay for those who look back. */
export async function destroyPair(tx: EntityManager, consentId: string): Promise<void> {
  await tx.update(
    TokenSetEntity,
    { consentId },
    { accessToken: null, refreshToken: null, scaToken: null, scaTokenExpiresAt: null },
  );
}
