import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { CacheVersion } from './cache-version.entity.js';
import { databaseClock } from './database-clock.js';

/** What is cached under one version: a change to any of it makes all of it stale. */
export type CacheKind = 'partners' | 'catalog';

/** Below a second, so that a revoked key stops within one on every replica. */
const maxAgeMs = 750;

/**
 * The version that cached rows must have to be believed.
 *
 * The database raises a version in the transaction that changes a row. Cache keys carry it, so
 * no replica serves a stale row for longer than `maxAgeMs`, with Redis or without.
 */
@Injectable()
export class CacheVersions {
  private versions: ReadonlyMap<string, string> = new Map();
  private readAtMs = Number.NEGATIVE_INFINITY;
  private expiredAtMs = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;
  private clock = databaseClock(new Date());

  constructor(@InjectRepository(CacheVersion) private readonly rows: Repository<CacheVersion>) {}

  /** @throws the database's error when the version is too old to be believed and can't be read */
  async current(kind: CacheKind): Promise<string> {
    const believedSinceMs = Math.max(this.expiredAtMs, performance.now() - maxAgeMs);
    while (this.readAtMs < believedSinceMs) {
      this.reading ??= this.read().finally(() => (this.reading = undefined));
      await this.reading;
    }
    return this.versions.get(kind) ?? '0';
  }

  /** The database's time, as of the last time that `current` was asked. */
  now(): Date {
    return this.clock();
  }

  /** Makes a change that this process has committed seen by its next request. */
  expire(): void {
    this.expiredAtMs = performance.now();
  }

  private async read(): Promise<void> {
    const startedAtMs = performance.now();
    const { entities, raw } = await this.rows
      .createQueryBuilder('v')
      .addSelect('clock_timestamp()', 'now')
      .getRawAndEntities<{ now: Date }>();
    this.versions = new Map(entities.map((row) => [row.kind, row.version]));
    if (raw[0]) this.clock = databaseClock(raw[0].now);
    this.readAtMs = startedAtMs;
  }
}
