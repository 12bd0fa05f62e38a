import { ApiProperty } from '@nestjs/swagger';

export class PsuSessionView {
  @ApiProperty({
    format: 'uri',
    example: 'https://hub.example.com/my/x1kzE7QhSW9sU0v3mJm2Vw5oWnq3y8u4bq0f6yQ1c2E',
    description:
      'Send the browser of the person there. Works once, and shows the consents to any person who uses it.',
  })
  url: string;

  @ApiProperty({ format: 'date-time', description: 'Until when the link can be used' })
  expires_at: string;
}
