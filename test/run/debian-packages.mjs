import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Debian packages that some tests need; each has a program of its name. */
export const debianPackages = ['redis-server', 'chromium', 'docker-compose'];

/** Those of the packages that are not installed here. */
export function missingOf(packages) {
  return packages.filter((name) => !isInstalled(name));
}

function isInstalled(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
