import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  choosePorts,
  type Program,
  startProgram,
  stopPrograms,
  waitForExit,
  waitUntil,
} from './support/programs.js';

const versions = ['22', '24'];
const minuteMs = 60_000;

/** npm is told by the environment where its registry is. */
function ownEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return answer?.ok ?? false;
}

describe.each(versions)('Node %s', (version) => {
  const folder = mkdtempSync(join(tmpdir(), `node-${version}-`));
  const binaries = join(folder, 'node_modules/node/bin');
  const dataDir = join(folder, 'local/data');
  const programs: Program[] = [];
  let environment: Record<string, string>;

  function start(name: string, command: string[], more: Record<string, string> = {}): Program {
    const program = startProgram(name, command, { ...environment, ...more });
    programs.push(program);
    return program;
  }

  beforeAll(async () => {
    const home = process.env.HOME ?? folder;
    environment = { HOME: home, PATH: [binaries, process.env.PATH].join(delimiter) };
    // The package puts its binary into place by a script, which our own .npmrc would keep from running.
    const options = ['--prefix', folder, '--no-save', '--ignore-scripts=false'];
    const install = ['npm', 'install', ...options, `node@${version}`];
    const installation = startProgram('npm install', install, ownEnvironment());
    if ((await waitForExit(installation, 3 * minuteMs)) !== 0) {
      throw new Error(`node@${version} could not be installed: ${installation.output()}`);
    }
  }, 4 * minuteMs);

  afterAll(async () => {
    try {
      await stopPrograms(programs);
      // As root the database lies outside of the folder: only the reset knows where.
      const reset = start('reset', ['node', 'apps/local/reset.mjs'], { LOCAL_DATA_DIR: dataDir });
      const exitCode = await waitForExit(reset, minuteMs);
      if (exitCode !== 0) throw new Error(`reset ended with ${exitCode}: ${reset.output()}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 3 * minuteMs);

  it('is the version that runs', async () => {
    const program = start('node --version', ['node', '--version']);
    expect(await waitForExit(program, minuteMs)).toBe(0);
    expect(program.output()).toMatch(new RegExp(`^v${version}\\.`));
  });

  it(
    'passes the unit tests',
    async () => {
      const jest = ['node', 'node_modules/jest/bin/jest.js', '-c', 'test/jest.config.mjs'];
      const program = start('unit tests', [...jest, '--selectProjects', 'unit']);
      const exitCode = await waitForExit(program, 5 * minuteMs);
      expect({ exitCode, failures: program.output().match(/●.+/g) ?? [] }).toEqual({
        exitCode: 0,
        failures: [],
      });
    },
    6 * minuteMs,
  );

  it(
    'starts the whole system',
    async () => {
      const ports = await choosePorts(['api', 'sandbox']);
      mkdirSync(join(folder, 'local'));
      const program = start('npm start', ['node', 'apps/local/start.mjs'], {
        LOCAL_DATA_DIR: dataDir,
        PORT: String(ports.api),
        SANDBOX_PORT: String(ports.sandbox),
      });
      await waitUntil('the API is ready', 2 * minuteMs, async () => {
        if (program.child.exitCode !== null) throw new Error(program.output());
        return answers(`http://127.0.0.1:${ports.api}/health/ready`);
      });
      await waitUntil('the start is done', minuteMs, async () =>
        /system is running/.test(program.output()),
      );
      program.child.kill('SIGTERM');
      expect(await waitForExit(program, minuteMs)).toBe(0);
    },
    5 * minuteMs,
  );
});
