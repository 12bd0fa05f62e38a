import { Injectable } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, OmitType } from '@nestjs/swagger';
import {
  EVENT_TYPES,
  findConsents,
  type ConsentEntity,
  type EventType,
  type FeedEvent,
} from '@consent-hub/consent';
import { DataSource } from 'typeorm';
import { HttpSettings } from '../config/http.settings.js';
import { ConsentView, toConsentView } from './consent.view.js';

/** Digits of `sequence`, so that positions are in the order of their texts, too. */
const SEQUENCE_DIGITS = 20;

/** The part of an account number by which people recognise it. */
const mask = (iban: string): string => `****${iban.slice(-4)}`;

/** The consent of an event. */
export class EventConsentView extends OmitType(ConsentView, ['iban']) {
  @ApiProperty({
    required: false,
    description: 'CAF only: the last four characters of the account',
    pattern: '^\\*{4}[A-Z0-9]{4}$',
    example: '****0915',
  })
  iban?: string;
}

/** An event as it is pulled, streamed and sent: CloudEvents 1.0, structured as JSON. Times are ISO 8601 in UTC. */
@ApiExtraModels(EventConsentView)
export class EventView {
  @ApiProperty({ enum: ['1.0'], description: 'Of CloudEvents' })
  specversion: '1.0';

  @ApiProperty({
    description: 'The event’s own name; it may arrive more than once, and always with this id. Opaque.',
    example: 'evt_4711_5f0c9a1e',
  })
  id: string;

  @ApiProperty({ format: 'uri', description: 'The hub', example: 'https://hub.example' })
  source: string;

  @ApiProperty({
    enum: EVENT_TYPES,
    description: 'What happened; more may be added',
    example: 'consent.failed',
  })
  type: EventType;

  @ApiProperty({
    required: false,
    format: 'uuid',
    description: 'Id of the consent; absent where the hub itself is meant',
    example: '0199f3c8-7c1e-7a40-9d6e-2f5b8a1c4e70',
  })
  subject?: string;

  @ApiProperty({ format: 'date-time', description: 'When it happened' })
  time: string;

  @ApiProperty({ enum: ['application/json'] })
  datacontenttype: 'application/json';

  @ApiProperty({
    pattern: `^[0-9]{${SEQUENCE_DIGITS}}$`,
    description: 'Place in the order of all events: compare as text. Numbers may be left out.',
    example: '00000000000000004711',
  })
  sequence: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'Of a consent: `consent` as it is now, but with the `state` and the `state_reason` that it had then; `previous_state`, ' +
      '`reason`, and what the type adds. See `webhooks` for each type.',
    example: {},
  })
  data: Readonly<Record<string, unknown>>;
}

/** Builds from events what the API and webhooks send. */
@Injectable()
export class EventViews {
  constructor(
    private readonly dataSource: DataSource,
    private readonly http: HttpSettings,
  ) {}

  /**
   * In the same order; the consents are read in one query. Events of consents that were erased since are left out, except that
   * of the erasure.
   */
  async build(events: readonly FeedEvent[]): Promise<EventView[]> {
    const ids = new Set(events.map(({ consentId }) => consentId).filter((id) => id !== null));
    const found = ids.size === 0 ? [] : await findConsents(this.dataSource.manager, [...ids]);
    const consents = new Map(found.map((consent) => [consent.id, consent]));
    return events.flatMap((event) => {
      if (event.consentId === null) return [this.view(event, event.data)];
      const consent = consents.get(event.consentId);
      const isTold = consent && (consent.erasedAt === null || event.type === 'consent.erased');
      return isTold ? [this.view(event, dataOf(event, consent))] : [];
    });
  }

  private view(event: FeedEvent, data: EventView['data']): EventView {
    return {
      specversion: '1.0',
      id: event.id,
      source: this.http.publicUrl,
      type: event.type,
      ...(event.consentId !== null && { subject: event.consentId }),
      time: event.at.toISOString(),
      datacontenttype: 'application/json',
      sequence: String(event.position).padStart(SEQUENCE_DIGITS, '0'),
      data,
    };
  }
}

function dataOf(event: FeedEvent, entity: ConsentEntity): EventView['data'] {
  const { iban, ...view } = toConsentView(entity);
  const consent: EventConsentView = {
    ...view,
    ...(iban !== undefined && { iban: mask(iban) }),
    state: event.state ?? entity.state,
    state_reason: event.reason,
  };
  return { ...event.data, consent, previous_state: event.previousState, reason: event.reason };
}
