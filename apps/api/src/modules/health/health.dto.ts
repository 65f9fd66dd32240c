import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class LivenessDto {
  @ApiProperty({ example: 'ok' })
  status: string;
}

export class ReadinessDto {
  @ApiProperty({ enum: ['ready', 'not_ready'] })
  status: string;
  @ApiProperty({ enum: ['up', 'down'] })
  database: string;
  /** Absent when the process has no Redis. Payments go on without it. */
  @ApiPropertyOptional({ enum: ['up', 'down'] })
  redis?: string;
  /** `on`, or why a provider is off. */
  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'string' },
    example: { stripe: 'on', manual: 'on' },
  })
  providers: Record<string, string>;
  /** The process finishes its requests and takes no more. */
  draining: boolean;
}
