import { TenantDatabase, type TenantScope } from '@libs/database';
import type { QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { statementName } from './statement-name.js';
import type { Tracing } from './tracing.js';

const system = { 'db.system.name': 'postgresql' };

/** A database each of whose transactions is a span, named by what its statement does to which tables. */
export class TracedDatabase extends TenantDatabase {
  /** Texts are constant, so there are only so many. */
  private readonly names = new Map<string, string>();

  constructor(
    dataSource: DataSource,
    private readonly tracing: Tracing,
  ) {
    super(dataSource);
  }

  override statement<Row extends QueryResultRow>(
    scope: TenantScope,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const span = this.tracing.openCall(() => [this.nameOf(text), system]);
    return this.tracing.until(span, super.statement<Row>(scope, text, values));
  }

  override run<T>(scope: TenantScope, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const span = this.tracing.openCall(() => ['transaction', system]);
    return this.tracing.until(span, super.run(scope, work));
  }

  private nameOf(text: string): string {
    const name = this.names.get(text) ?? statementName(text);
    this.names.set(text, name);
    return name;
  }
}
