import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('currencies')
export class Currency {
  @PrimaryColumn('varchar', { length: 3 }) code: string;
  @Column('varchar', { length: 100 }) name: string;
  @Column('varchar', { length: 10, nullable: true }) symbol: string | null;
  @Column('smallint') decimalPlaces: number;
  @Column('boolean') isActive: boolean;
  @Column('numeric', { precision: 19, scale: 4 }) minAmount: string;
  @Column('numeric', { precision: 19, scale: 4 }) maxAmount: string;
}
