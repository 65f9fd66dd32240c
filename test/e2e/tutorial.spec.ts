import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join, relative } from 'node:path';
import { makeTestDirectory } from '../support/test-directory.js';
import { rootDir, runFileVariable } from '../support/test-run.js';
import { applyBlock, readBlocks } from './support/tutorial.js';

const notCopied = new Set(['.git', '.local', 'coverage', 'dist', 'node_modules']);
const limitMs = 240_000;

interface Ended {
  exitCode: number | null;
  output: string;
}

describe('the tutorials of CONTRIBUTING.md', () => {
  const blocks = readBlocks(fs.readFileSync(join(rootDir, 'docs/CONTRIBUTING.md'), 'utf8'));
  let folder: string;

  beforeAll(() => {
    folder = fs.realpathSync(makeTestDirectory());
    const filter = (source: string) => !notCopied.has(relative(rootDir, source));
    fs.cpSync(rootDir, folder, { recursive: true, filter });
    fs.mkdirSync(join(folder, 'dist'));
    // Also the bundles of the packages, which no tutorial changes.
    for (const name of ['node_modules', 'dist/node_modules']) {
      fs.symlinkSync(join(rootDir, name), join(folder, name));
    }
    leaveTypesToLint();
  });

  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** The lint checks the types as well, in a tenth of the compiler's time. */
  function leaveTypesToLint(): void {
    const file = join(folder, 'tsconfig.build.json');
    const options = JSON.parse(fs.readFileSync(file, 'utf8')) as { compilerOptions: object };
    options.compilerOptions = { ...options.compilerOptions, noCheck: true };
    fs.writeFileSync(file, JSON.stringify(options));
  }

  /** A command of a newcomer, who has nothing of this test run in the environment but its database server. */
  function run(script: string, args: string[]): Promise<Ended> {
    const { PATH, HOME, LANG, NODE_EXTRA_CA_CERTS, [runFileVariable]: outerRun } = process.env;
    const given = { PATH, HOME, LANG, NODE_EXTRA_CA_CERTS, [runFileVariable]: outerRun };
    const env = { ...given, CI: 'true', UPDATE_DOCS: '1' };
    const child = spawn(process.execPath, [script, ...args], {
      cwd: folder,
      env,
      timeout: limitMs,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    return new Promise((resolve) => {
      child.on('close', (exitCode) => resolve({ exitCode, output: output.slice(-8_000) }));
    });
  }

  const runTool = (name: string, args: string[]) =>
    run(fs.realpathSync(join(rootDir, 'node_modules/.bin', name)), args);

  const runSpecs = (specs: string[]) => runTool('jest', ['-c', 'test/jest.config.mjs', ...specs]);

  const passes = { exitCode: 0, output: expect.any(String) as string };

  it(
    'give a module and a provider that keep the rules, build, start and answer',
    async () => {
      expect(blocks.length).toBeGreaterThan(10);
      for (const block of blocks) applyBlock(folder, block);
      const paths = blocks.map(({ path }) => path);
      const sources = paths.filter((path) => path.endsWith('.ts'));
      const specs = sources.filter((path) => path.endsWith('.spec.ts'));
      const withBuild = specs.filter((path) => path.startsWith('test/e2e/'));
      const architecture = ['routes', 'providers'].map(
        (name) => `test/architecture/${name}.spec.ts`,
      );
      const withoutBuild = specs.filter((path) => !withBuild.includes(path));
      async function buildAndTest(): Promise<Ended> {
        const built = await run('apps/local/build.mjs', []);
        return built.exitCode === 0 ? runSpecs(withBuild) : built;
      }
      const lint = ['--type-aware', '--type-check', '--deny-warnings'];
      const boundaries = ['--config', '.dependency-cruiser.mjs', '--max-depth', '1'];
      const ended = await Promise.all([
        buildAndTest(),
        runSpecs([...withoutBuild, ...architecture]),
        runTool('prettier', ['--check', ...paths]),
        runTool('oxlint', [...lint, ...sources, 'libs/providers/src']),
        runTool('depcruise', [...boundaries, ...sources]),
      ]);
      expect(ended).toEqual(ended.map(() => passes));
      expect([withBuild, withoutBuild]).toMatchObject([{ length: 2 }, { length: 1 }]);
      expect(ended[0]?.output).toContain('2 passed, 2 total');
    },
    limitMs + 60_000,
  );
});
