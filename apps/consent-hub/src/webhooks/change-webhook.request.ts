import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, ValidateIf } from 'class-validator';
import {
  EVENT_TYPES_SCHEMA,
  IsDescription,
  IsEventTypes,
  LONGEST_DESCRIPTION,
  URL_SCHEMA,
} from './create-webhook.request.js';

export const WEBHOOK_STATES = ['enabled', 'disabled'] as const;

/** May be left out; unlike `IsOptional`, null is not the same as that. */
const IfPresent = (): PropertyDecorator => ValidateIf((_request, value) => value !== undefined);

/** What is left out stays as it is. */
export class ChangeWebhookRequest {
  @ApiPropertyOptional(URL_SCHEMA)
  @IfPresent()
  @IsString({ message: '$property must be a URL' })
  url?: string;

  @ApiPropertyOptional(EVENT_TYPES_SCHEMA)
  @IfPresent()
  @IsEventTypes()
  event_types?: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: LONGEST_DESCRIPTION,
    description: 'For your own use; null: none',
    example: 'mails to customers',
  })
  @ValidateIf((_request, value) => value !== undefined && value !== null)
  @IsDescription()
  description?: string | null;

  @ApiPropertyOptional({
    enum: WEBHOOK_STATES,
    description: 'While it is disabled nothing is sent, and no deliveries are made of new events.',
  })
  @IfPresent()
  @IsIn(WEBHOOK_STATES, { message: `$property must be one of ${WEBHOOK_STATES.join(', ')}` })
  state?: (typeof WEBHOOK_STATES)[number];
}
