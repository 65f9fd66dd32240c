import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeliveryFailure } from './delivery-outcome.js';

/** One attempt at a webhook, and what came of it. */
@Entity('webhook_delivery_attempts')
export class WebhookDeliveryAttempt {
  @PrimaryColumn('uuid') deliveryId: string;
  /** Counts the attempts of a delivery. Missing: a process ended in the middle of it. */
  @PrimaryColumn('int') number: number;
  @Column('uuid') partnerId: string;
  @Column('varchar', { length: 512 }) url: string;
  /** Without the signature. */
  @Column('jsonb') requestHeaders: Record<string, string>;
  /** SHA-256 of the body in hexadecimal digits. */
  @Column('text') bodyHash: string;
  @Column('int', { nullable: true }) httpStatus: number | null;
  @Column('text', { nullable: true }) failureReason: DeliveryFailure | null;
  /** Sealed. */
  @Column('text', { nullable: true }) answer: string | null;
  @Column('int') durationMs: number;
  @Column('timestamptz') startedAt: Date;
}
