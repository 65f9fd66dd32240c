import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNativeDirectory } from './postgres-binaries.js';
import { createCluster } from './postgres-cluster.js';
import { StartFailure } from './start-failure.js';

describe('a data directory of another major version of PostgreSQL', () => {
  const home = mkdtempSync(join(tmpdir(), 'cluster-'));

  afterAll(() => rmSync(home, { recursive: true }));

  it.each(['12', '99'])('of %s is refused in a sentence, and left as it is', async (major) => {
    const dataDir = join(home, major);
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'PG_VERSION'), `${major}\n`);
    const nativeDir = findNativeDirectory();
    const place = { account: undefined, nativeDir, dataDir, outsideDir: undefined };
    const started = createCluster(place, 'password');
    await expect(started).rejects.toThrow(StartFailure);
    await expect(started).rejects.toThrow(
      new RegExp(
        `made by PostgreSQL ${major} and PostgreSQL \\d+ is installed. Nothing was changed`,
      ),
    );
    expect(readdirSync(dataDir)).toEqual(['PG_VERSION']);
    expect(readFileSync(join(dataDir, 'PG_VERSION'), 'utf8')).toBe(`${major}\n`);
  });
});
