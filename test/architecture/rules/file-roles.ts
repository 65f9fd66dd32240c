import type { Rule } from '../sources.js';

/** What a file of a module may be: `<noun>.<role>.ts`. */
const roles = [
  'module',
  'controller',
  'service',
  'repository',
  'entity',
  'dto',
  'machine',
  'guard',
  'interceptor',
  'decorator',
  'worker',
  'spec',
  // The SQL text of a repository whose statements write several tables at once.
  'statements',
];

/** Files of modules that are a noun of their own and play none of the roles: pure functions or values. */
const nounsWithoutRole = [
  'index',
  'api-key',
  'audit-verification',
  'claim',
  'delivery-outcome',
  'delivery-schedule',
  'delivery-slots',
  'event-identity',
  'fact-result',
  'guarded-agent',
  'host-addresses',
  'invariants.command',
  'key-rotation-report',
  'key-rotation.command',
  'legal-hold.command',
  'lifecycle-jobs',
  'lifecycle-report',
  'lifecycle.command',
  'memory-throttler.storage',
  'oldest-transaction',
  'operator.command',
  'payer-data',
  'redis-throttler.storage',
  'refund-verdict',
  'settlement-plan',
  'sync-schedule',
  'verdict',
  'webhook-exchange',
  'window-counter',
];

const moduleFile = /^apps\/api\/src\/modules\/[^/]+\/(.+)$/;
const kebab = '[a-z][a-z0-9]*(?:-[a-z0-9]+)*';
const withRole = new RegExp(`^${kebab}(?:\\.(?:${roles.join('|')}))(?:\\.spec)?\\.ts$`);
const withoutRole = /^(.+?)(?:\.spec)?\.ts$/;
const plainName = new RegExp(`^${kebab}(?:\\.${kebab}){0,3}\\.ts$`);
const timestamped = new RegExp(`^\\d{13}-${kebab}\\.ts$`);
const bannedWords =
  /(^|[-./])(utils?|helpers?|commons?|shared|misc|base|managers?|impl|lib)(?=[-./]|$)/;

function moduleViolation(path: string, inside: string): string | undefined {
  if (inside.includes('/')) return `${path} lies in a folder: a module is flat`;
  const noun = withoutRole.exec(inside)?.[1];
  if (noun && nounsWithoutRole.includes(noun)) return undefined;
  return withRole.test(inside) ? undefined : `${path} has no role of ${roles.join(', ')}`;
}

function nameViolation(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (bannedWords.test(path)) return `${path} is named after nothing that it does`;
  if (path.startsWith('migrations/') && timestamped.test(name)) return undefined;
  return plainName.test(name) ? undefined : `${path} is not named <noun>.<role>.ts`;
}

/** Modules are flat and made of a closed set of roles; every file is a noun. */
export const fileRoles: Rule = (sources) =>
  sources.flatMap(({ path }) => {
    const inside = moduleFile.exec(path)?.[1];
    const found = nameViolation(path) ?? (inside ? moduleViolation(path, inside) : undefined);
    return found ? [found] : [];
  });
