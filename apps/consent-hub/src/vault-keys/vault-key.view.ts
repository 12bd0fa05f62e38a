import {
  KEY_ENCRYPTIONS,
  VAULT_KEY_STATES,
  type ListedKey,
  type VaultKeyList,
  type VaultKeyState,
} from '@consent-hub/token-vault';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const MOMENT = { type: String, format: 'date-time', nullable: true } as const;

const momentOf = (at: Date | null): string | null => at?.toISOString() ?? null;

export class VaultKeyView {
  @ApiProperty({ example: 'dk-20260131-5f2c8a10' })
  id: string;

  @ApiProperty({
    enum: VAULT_KEY_STATES,
    description: [
      '- `announced`: hubs learn it; nothing is sealed with it yet',
      '- `current`: seals',
      '- `former`: opens what it has sealed',
      '- `retired`: nothing needs it; a data key is destroyed a day later',
    ].join('\n'),
  })
  state: VaultKeyState;

  @ApiProperty({
    enum: [...KEY_ENCRYPTIONS, 'environment'],
    description: 'What has wrapped it; `environment`: it is one of HUB_VAULT_KEYS and seals values itself',
  })
  provider: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The key-encryption key, as its provider names it',
    example: 'consent-hub',
  })
  kek_id: string | null;

  @ApiProperty({ description: 'Whether the hub that answers can open what it has sealed', example: true })
  is_known: boolean;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How often it has sealed, a few seconds ago' })
  seals: number;

  @ApiProperty(MOMENT)
  created_at: string | null;

  @ApiProperty(MOMENT)
  current_from: string | null;

  @ApiProperty(MOMENT)
  current_until: string | null;

  @ApiProperty(MOMENT)
  retired_at: string | null;

  @ApiProperty(MOMENT)
  destroyed_at: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 1 },
    description: 'What needs it, and how many, where that was asked for',
    example: { token_pairs: 120, spooled_answers: 3 },
  })
  uses?: Readonly<Record<string, number>>;
}

export class ResealView {
  @ApiProperty({
    description: 'The key that everything is sealed anew with',
    example: 'dk-20260131-5f2c8a10',
  })
  key_id: string;

  @ApiProperty({ enum: ['running', 'ended'] })
  state: 'running' | 'ended';

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Rows that other keys had sealed when it was asked for',
  })
  total: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Rows that were sealed anew' })
  resealed: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Rows that no key opens; known at the end' })
  failed: number;

  @ApiProperty(MOMENT)
  requested_at: string | null;

  @ApiProperty(MOMENT)
  ended_at: string | null;
}

export class VaultKeyListView {
  @ApiProperty({ enum: KEY_ENCRYPTIONS, description: 'What wraps new data keys' })
  kek_provider: string;

  @ApiProperty({ description: 'The key-encryption key that wraps them', example: 'consent-hub' })
  kek_id: string;

  @ApiProperty({ type: [VaultKeyView], description: 'Oldest first' })
  items: VaultKeyView[];

  @ApiProperty({
    type: ResealView,
    nullable: true,
    description: 'The last sealing anew with the current key; null where no person asked for it',
    example: {
      key_id: 'dk-20260131-5f2c8a10',
      state: 'ended',
      total: 120,
      resealed: 120,
      failed: 0,
      requested_at: '2026-01-31T09:30:00.000Z',
      ended_at: '2026-01-31T09:30:04.000Z',
    },
  })
  reseal: ResealView | null;
}

export const toVaultKeyView = ({ row, isKnown, uses }: ListedKey): VaultKeyView => ({
  id: row.id,
  state: row.state,
  provider: row.provider,
  kek_id: row.kekId,
  is_known: isKnown,
  seals: row.seals,
  created_at: momentOf(row.createdAt),
  current_from: momentOf(row.currentFrom),
  current_until: momentOf(row.currentUntil),
  retired_at: momentOf(row.retiredAt),
  destroyed_at: momentOf(row.destroyedAt),
  ...(uses && { uses }),
});

export function toVaultKeyListView({ kek, keys }: VaultKeyList): VaultKeyListView {
  const current = keys.find(({ row }) => row.state === 'current' && row.resealRequestedAt)?.row;
  return {
    kek_provider: kek.name,
    kek_id: kek.kekId,
    items: keys.map(toVaultKeyView),
    reseal: current
      ? {
          key_id: current.id,
          state: current.resealEndedAt ? 'ended' : 'running',
          total: current.resealTotal ?? 0,
          resealed: current.resealed,
          failed: current.resealFailed,
          requested_at: momentOf(current.resealRequestedAt),
          ended_at: momentOf(current.resealEndedAt),
        }
      : null,
  };
}
