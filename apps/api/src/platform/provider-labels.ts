import type { ProviderRegistry } from '@libs/providers';
import type { DataSource } from 'typeorm';
import { SettingError } from '../settings.js';

const missing = `
  SELECT code FROM unnest($1::text[]) AS code
  WHERE code <> ALL (enum_range(NULL::payment_provider)::text[])`;

/**
 * Refuses to start with a provider whose payments the database could not store.
 *
 * @throws SettingError that names the missing label of `payment_provider`
 */
export async function refuseUnlabelledProviders(
  dataSource: DataSource,
  providers: ProviderRegistry,
): Promise<void> {
  const codes = new Set([...providers.all(), ...providers.off()].map(({ code }) => code));
  const [label] = await dataSource.query<{ code: string }[]>(missing, [[...codes]]);
  if (!label) return;
  throw new SettingError(
    `the type payment_provider of the database has no label '${label.code}'; a migration must add it: ALTER TYPE payment_provider ADD VALUE '${label.code}'.`,
  );
}
