import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { CacheVersions } from '../../platform/cache-versions.js';
import { Currency } from './currency.entity.js';
import { PaymentMethod } from './payment-method.entity.js';

const catalogTtlMs = 86_400_000;

/** Currencies and payment methods, cached for a day and dropped at once when one changes. */
@Injectable()
export class CatalogService {
  constructor(
    @InjectRepository(Currency) private readonly currencyRows: Repository<Currency>,
    @InjectRepository(PaymentMethod) private readonly methodRows: Repository<PaymentMethod>,
    private readonly versions: CacheVersions,
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
  ) {}

  currencies(): Promise<Currency[]> {
    return this.cached('currencies', () => this.currencyRows.find({ order: { code: 'ASC' } }));
  }

  paymentMethods(): Promise<PaymentMethod[]> {
    return this.cached('payment-methods', () => this.methodRows.find({ order: { id: 'ASC' } }));
  }

  /** How many decimals a currency carries, active or not. */
  async decimalsOf(code: string): Promise<number> {
    const currency = (await this.currencies()).find((candidate) => candidate.code === code);
    if (!currency) throw new Error(`no currency ${code}`);
    return currency.decimalPlaces;
  }

  private async cached<T>(name: string, read: () => Promise<T[]>): Promise<T[]> {
    const key = `catalog:${await this.versions.current('catalog')}:${name}`;
    const known = await this.cache.get<T[]>(key);
    if (known) return known;
    const rows = await read();
    await this.cache.set(key, rows, catalogTtlMs);
    return rows;
  }
}
