import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('payment_methods')
export class PaymentMethod {
  @PrimaryGeneratedColumn() id: number;
  @Column('varchar', { length: 50 }) code: string;
  @Column('varchar', { length: 100 }) name: string;
  @Column('boolean') isActive: boolean;
  @Column('timestamptz') createdAt: Date;
}
