import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootDir } from './sources.js';

interface Suite {
  name: string;
  status: 'passed' | 'failed';
  tests: Record<string, 'passed' | 'failed' | 'pending' | 'todo'>;
}

function node(script: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(rootDir, 'test/run', script), ...args],
    { cwd: rootDir, env, encoding: 'utf8', timeout: 30_000 },
  );
  return { status, stderr, lastLine: stdout.trim().split('\n').at(-1) };
}

describe('the last line of a test run', () => {
  let folder: string;
  let files = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reports-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function write(suites: Suite[]): void {
    const testResults = suites.map(({ name, status, tests }) => ({
      name: join(rootDir, name),
      status,
      assertionResults: Object.entries(tests).map(([fullName, result]) => ({
        fullName,
        status: result,
      })),
    }));
    files += 1;
    writeFileSync(join(folder, `run-${files}.json`), JSON.stringify({ testResults }));
  }

  it('counts a test of several runs once', () => {
    write([{ name: 'a.spec.ts', status: 'passed', tests: { one: 'passed', two: 'passed' } }]);
    write([{ name: 'a.spec.ts', status: 'passed', tests: { one: 'passed', three: 'passed' } }]);
    expect(node('summary.mjs', [folder, '0'])).toMatchObject({
      status: 0,
      lastLine: '3 passed, 0 failed',
    });
  });

  it('counts a test as failed if one run saw it fail', () => {
    write([{ name: 'a.spec.ts', status: 'failed', tests: { one: 'failed', two: 'pending' } }]);
    write([{ name: 'a.spec.ts', status: 'passed', tests: { one: 'passed' } }]);
    expect(node('summary.mjs', [folder, '1'])).toMatchObject({
      status: 1,
      lastLine: '0 passed, 1 failed, 1 skipped',
    });
  });

  it('counts a file that could not run as a failure', () => {
    write([{ name: 'a.spec.ts', status: 'passed', tests: { one: 'passed' } }]);
    write([{ name: 'b.spec.ts', status: 'failed', tests: {} }]);
    expect(node('summary.mjs', [folder, '0'])).toMatchObject({
      status: 1,
      lastLine: '1 passed, 1 failed',
    });
  });

  it('counts a command that failed without a failing test as a failure', () => {
    write([{ name: 'a.spec.ts', status: 'passed', tests: { one: 'passed' } }]);
    expect(node('summary.mjs', [folder, '1'])).toMatchObject({
      status: 1,
      lastLine: '1 passed, 1 failed',
    });
  });

  it('is a failure when nothing ran at all', () => {
    expect(node('summary.mjs', [folder, '0'])).toMatchObject({
      status: 1,
      lastLine: '0 passed, 0 failed',
    });
  });
});

describe('the tests that need more than Node', () => {
  it('fail and name the Debian packages that are missing', () => {
    const run = node('services.mjs', [], { PATH: tmpdir() });
    expect(run).toMatchObject({ status: 1, lastLine: '0 passed, 1 failed' });
    expect(run.stderr).toContain('apt-get install redis-server chromium docker-compose');
  });
});
