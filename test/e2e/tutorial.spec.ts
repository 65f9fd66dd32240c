import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestDirectory } from '../support/test-directory.js';
import { rootDir } from '../support/test-run.js';
import { applyBlock, readBlocks } from './support/tutorial.js';

const notCopied = new Set(['.git', '.local', 'coverage', 'dist', 'node_modules']);
const limitMs = 240_000;

interface Ended {
  exitCode: number | null;
  output: string;
}

describe('the tutorials of CONTRIBUTING.md', () => {
  const blocks = readBlocks(readFileSync(join(rootDir, 'docs/CONTRIBUTING.md'), 'utf8'));
  let folder: string;

  beforeAll(() => {
    folder = makeTestDirectory();
    for (const name of readdirSync(rootDir).filter((entry) => !notCopied.has(entry))) {
      cpSync(join(rootDir, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(rootDir, 'node_modules'), join(folder, 'node_modules'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A command of a newcomer, who has nothing of this test run in the environment. */
  function run(command: string, args: string[]): Promise<Ended> {
    const { PATH, HOME, LANG, NODE_EXTRA_CA_CERTS } = process.env;
    const env = { PATH, HOME, LANG, NODE_EXTRA_CA_CERTS, CI: 'true', UPDATE_DOCS: '1' };
    const child = spawn(command, args, { cwd: folder, env, timeout: limitMs });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    return new Promise((resolve) => {
      child.on('close', (exitCode) => resolve({ exitCode, output: output.slice(-8_000) }));
    });
  }

  const passes = { exitCode: 0, output: expect.any(String) as string };

  it(
    'give a module and a provider that keep the rules, build, start and answer',
    async () => {
      expect(blocks.length).toBeGreaterThan(10);
      for (const block of blocks) applyBlock(folder, block);
      const paths = blocks.map(({ path }) => path);
      const sources = paths.filter((path) => path.endsWith('.ts'));
      const boundaries = ['depcruise', '--config', '.dependency-cruiser.mjs', '--max-depth', '1'];
      const specs = [
        'test/e2e/notes.spec.ts',
        'libs/providers/src/acme/acme.contract.spec.ts',
        'test/architecture/routes.spec.ts',
        'test/architecture/providers.spec.ts',
      ];
      const [tests, ...checks] = await Promise.all([
        run('npm', ['test', '--', ...specs]),
        run('npx', ['prettier', '--check', ...paths]),
        run('npx', ['oxlint', '--type-aware', '--deny-warnings', ...sources]),
        run('npx', [...boundaries, ...sources]),
      ]);
      expect(checks).toEqual([passes, passes, passes]);
      expect(tests).toEqual({ exitCode: 0, output: expect.stringContaining(' passed, 0 failed') });
    },
    limitMs + 60_000,
  );
});
