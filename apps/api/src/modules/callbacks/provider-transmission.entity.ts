import type { ProviderCode } from '@libs/providers';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A sending of a provider, and the event that came with it first. */
@Entity('provider_transmissions')
export class ProviderTransmission {
  @PrimaryColumn('enum', { enumName: 'payment_provider' }) provider: ProviderCode;
  @PrimaryColumn('varchar', { length: 100 }) providerAccount: string;
  @PrimaryColumn('varchar', { length: 255 }) transmissionId: string;
  @Column('varchar', { length: 255 }) providerEventId: string;
  @Column('timestamptz') receivedAt: Date;
}
