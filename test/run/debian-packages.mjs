import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** The programs of Debian packages that are not on the PATH by the package's name. */
const programs = {
  haproxy: '/usr/sbin/haproxy',
  pgbouncer: '/usr/sbin/pgbouncer',
  prometheus: 'promtool',
  'postgresql-15': '/usr/lib/postgresql/15/bin/postgres',
};

/** The Debian packages that some tests need. */
export const debianPackages = [
  'redis-server',
  'chromium',
  'docker-compose',
  'pgbackrest',
  'postgresql-15',
  'pgbouncer',
  'haproxy',
  'prometheus',
];

/** Those of the packages that are not installed here. */
export function missingOf(packages) {
  return packages.filter((name) => !isInstalled(programs[name] ?? name));
}

function isInstalled(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(resolve(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
