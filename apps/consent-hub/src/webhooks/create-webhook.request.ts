import { DEFAULT_WEBHOOK_EVENT_TYPES, EVENT_TYPES } from '@consent-hub/consent';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';
import { LONGEST_URL } from './webhook-url.js';

const MOST_TYPES = 50;
export const LONGEST_DESCRIPTION = 500;

export const URL_SCHEMA = {
  maxLength: LONGEST_URL,
  description:
    'Where events are posted: `https`, without credentials and fragment, on the public internet. Its host is resolved now, and again ' +
    'for each connection.',
  example: 'https://receiver.example/consent-events',
};

export const EVENT_TYPES_SCHEMA = {
  enum: EVENT_TYPES,
  isArray: true,
  minItems: 1,
  maxItems: MOST_TYPES,
  description: 'What is sent. Types of the hub itself (`hub.*`) are for clients with `admin`.',
  example: ['consent.failed', 'consent.expiring'],
};

/** Validates the property as a list of texts; which of them are types is said by a problem of its own. */
export const IsEventTypes = (): PropertyDecorator => (target, property) => {
  const message = `$property must be 1 to ${MOST_TYPES} types of events`;
  IsArray({ message })(target, property);
  ArrayMinSize(1, { message })(target, property);
  ArrayMaxSize(MOST_TYPES, { message })(target, property);
  IsString({ each: true, message })(target, property);
};

export const IsDescription = (): PropertyDecorator => (target, property) => {
  const message = `$property must be a text of at most ${LONGEST_DESCRIPTION} characters`;
  IsString({ message })(target, property);
  MaxLength(LONGEST_DESCRIPTION, { message })(target, property);
};

export class CreateWebhookRequest {
  @ApiProperty(URL_SCHEMA)
  @IsString({ message: '$property must be a URL' })
  url: string;

  @ApiPropertyOptional({ ...EVENT_TYPES_SCHEMA, default: DEFAULT_WEBHOOK_EVENT_TYPES })
  @IsOptional()
  @IsEventTypes()
  event_types?: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: LONGEST_DESCRIPTION,
    description: 'For your own use',
    example: 'mails to customers',
  })
  @IsOptional()
  @IsDescription()
  description?: string | null;
}
