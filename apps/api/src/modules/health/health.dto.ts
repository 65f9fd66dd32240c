import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const unreadyReasons = [
  'database_down',
  'pool_exhausted',
  'migrations_pending',
  'draining',
] as const;

export type UnreadyReason = (typeof unreadyReasons)[number];

export class LivenessDto {
  @ApiProperty({ example: 'ok' })
  status: string;
}

export class ReadinessDto {
  @ApiProperty({ enum: ['ready', 'not_ready'] })
  status: string;
  /** What is wrong when it is not ready. */
  @ApiProperty({ enum: unreadyReasons, isArray: true })
  reasons: UnreadyReason[];
  /** Unknown while all connections to it are taken. */
  @ApiProperty({ enum: ['up', 'down', 'unknown'] })
  database: string;
  /** Pending while the database is older than the process. */
  @ApiProperty({ enum: ['applied', 'pending', 'unknown'] })
  migrations: string;
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
