import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootDir } from './sources.js';

/** They hand their words on to jest or prettier, are measurements, or belong to a deployment. */
const elsewhere = /^(test|test:\w+|bench:\w+|ha:\w+|format|migrate)$/;

const { scripts } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const names = Object.keys(scripts).filter((name) => !elsewhere.test(name));

describe('a command that people type', () => {
  const empty = mkdtempSync(join(tmpdir(), 'commands-'));
  const env = { PATH: process.env.PATH, LOCAL_DATA_DIR: join(empty, 'none') };

  afterAll(() => rmSync(empty, { recursive: true }));

  function type(name: string, word: string) {
    const [file = ''] = /\S+\.mjs/.exec(scripts[name] ?? '') ?? [];
    const options = { cwd: rootDir, env, encoding: 'utf8', timeout: 20_000 } as const;
    return spawnSync(process.execPath, [file, word], options);
  }

  it.each(names)('tells how it is used without a system: %s', (name) => {
    const { status, stdout, stderr } = type(name, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(name === 'start' ? 'npm start' : `npm run ${name}`);
  });

  it.each(names)('refuses an option that it does not know: %s', (name) => {
    const { status, stdout, stderr } = type(name, '--no-such-option');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Unknown option '--no-such-option'/);
  });
});
