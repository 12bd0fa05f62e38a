import type { ConsentState, PersonEvent } from '@consent-hub/consent';

/** What an entry of a timeline means to a person. */
export type HistoryKind =
  | 'opened'
  | 'begun'
  | 'authorized'
  | 'began'
  | 'renewed'
  | 'accounts_listed'
  | 'expires_soon'
  | 'confirmed'
  | 'superseded'
  | 'stopped'
  | 'stopped_at_bank'
  | 'stopped_by_tpp'
  | 'over'
  | 'link_over'
  | 'refused'
  | 'failed_at_bank'
  | 'lost'
  | 'recovered';

const OF_TYPES: Readonly<Record<string, HistoryKind>> = {
  opened: 'opened',
  accounts_listed: 'accounts_listed',
  expires_soon: 'expires_soon',
  sca_token_received: 'confirmed',
};

/** @returns null for an entry that has no meaning for a person */
export function kindOf(event: PersonEvent): HistoryKind | null {
  if (event.type === 'opened' && event.actor === 'psu') return 'begun';
  if (event.type !== 'state_changed') return OF_TYPES[event.type] ?? null;
  return event.to && kindOfChange(event.to, event);
}

function kindOfChange(to: ConsentState, { from, reason, isOfRenewal }: PersonEvent): HistoryKind | null {
  switch (to) {
    case 'initiated':
      return null;
    case 'authorized':
      return 'authorized';
    case 'active':
    case 'refreshed':
      if (from === 'failed') return 'recovered';
      return isOfRenewal ? 'renewed' : 'began';
    case 'superseded':
      return 'superseded';
    case 'revoked':
      if (reason === 'withdrawn_by_psu') return 'stopped';
      return reason === 'withdrawn_at_bank' ? 'stopped_at_bank' : 'stopped_by_tpp';
    case 'expired':
      return reason === 'validity_ended' ? 'over' : 'link_over';
    case 'rejected':
      return reason === 'psu_refused' ? 'refused' : 'failed_at_bank';
    case 'failed':
      return 'lost';
  }
}
