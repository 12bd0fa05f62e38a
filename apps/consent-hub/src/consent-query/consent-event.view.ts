import { ApiProperty } from '@nestjs/swagger';
import {
  CONSENT_STATES,
  type Actor,
  type ConsentEventEntity,
  type ConsentState,
  type EventData,
  type StateReason,
} from '@consent-hub/consent';

export class ConsentEventView {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Counts from 1 without gaps', example: 2 })
  seq: number;

  @ApiProperty({ format: 'date-time', description: 'When it happened' })
  at: string;

  @ApiProperty({
    description: [
      'What happened; more may be added:',
      '- `opened`: the link was made; by a person in the console with `admin_action`',
      '- `state_changed`: see `from`, `to` and `reason`',
      '- `browser_not_bound`: the PSU came back in a browser that had not opened the start page; noted once, nothing was used up',
      '- `accounts_listed`: the bank returned the accounts that the PSU chose',
      '- `accounts_refused`: the bank refuses to return them; noted once, it is asked again, less and less often',
      '- `sca_token_received`: a later authentication of the PSU brought an SCA token',
      '- `grant_in_doubt`: the answer to a token request was lost',
      '- `grant_refused`: the bank refused a token request, which ended nothing',
      '- `grant_unreadable`: the bank granted something that cannot be read yet; it is kept',
      '- `refresh_paused`: with this one too many refreshes had failed, and the scheduled ones of the brand paused',
      '- `expires_soon`: the consent ends in `days` (14, 7, 1)',
      '- `refresh_requested`: a person asked for a refresh in the console; `admin_action` is its entry in the audit',
      '- `answer_read_again`, `answer_given_up`: a person asked for that in the console; see `admin_action`',
      '- `attention_acknowledged`, `attention_snoozed`: a person has seen in the console that the consent needs attention for `cause`',
      '- `account_numbers_revealed`: a person was shown the account numbers in the console; see `admin_action`',
      '- `erased`: its person was forgotten',
    ].join('\n'),
    example: 'state_changed',
  })
  type: string;

  @ApiProperty({
    type: String,
    enum: CONSENT_STATES,
    nullable: true,
    description: 'The state before, where it changed',
    example: 'initiated',
  })
  from: ConsentState | null;

  @ApiProperty({
    type: String,
    enum: CONSENT_STATES,
    nullable: true,
    description: 'The state after, where it changed',
    example: 'authorized',
  })
  to: ConsentState | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it ended, where it did', example: null })
  reason: StateReason | null;

  @ApiProperty({
    description: '`psu`, `client:<id>`, `admin:<subject>` (a person in the console) or `hub:<part>`',
    example: 'psu',
  })
  actor: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Name of the API client, where one did it. A name may be used again once its client is revoked: the id in `actor` distinguishes them.',
    example: null,
  })
  api_client: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Facts of the entry: ids, numbers, code words',
    example: {},
  })
  data: EventData;
}

export class ConsentEventList {
  @ApiProperty({ type: [ConsentEventView] })
  items: ConsentEventView[];
}

const CLIENT = 'client:';

/** @returns undefined where the actor is not an API client */
export const clientIdOf = (actor: Actor): string | undefined =>
  actor.startsWith(CLIENT) ? actor.slice(CLIENT.length) : undefined;

/** @param names of API clients, by id */
export const toConsentEventView = (
  event: ConsentEventEntity,
  names: ReadonlyMap<string, string>,
): ConsentEventView => ({
  seq: event.seq,
  at: event.at.toISOString(),
  type: event.type,
  from: event.fromState,
  to: event.toState,
  reason: event.reason,
  actor: event.actor,
  api_client: names.get(clientIdOf(event.actor) ?? '') ?? null,
  data: event.data,
});
