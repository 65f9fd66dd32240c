import { execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeTestDirectory } from '../../support/test-directory.js';
import { rootDir } from '../../support/test-run.js';
import { readBlocks } from './tutorial.js';

const run = promisify(execFile);
const limitMs = 60_000;
const sources = ['libs/client', 'libs/webhooks', 'tsconfig.json', 'package.json'];
const strictest = {
  ...{ module: 'nodenext', target: 'es2023', types: ['node'], rootDir: '.', outDir: 'out' },
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
};

/** A program of a partner, while it runs and after. */
export interface Program {
  output: () => string;
  ended: Promise<number | null>;
  stop: () => void;
}

/** A partner's project outside of the repository, with the client installed from its package. */
export class PartnerProject {
  private readonly home = makeTestDirectory();
  private readonly folder = join(this.home, 'partner');

  /** Packs a copy, since what packing writes would lie among the sources that other tests read. */
  async install(): Promise<string[]> {
    const copy = join(this.home, 'repository');
    for (const path of sources) {
      const filter = (name: string) => name !== join(rootDir, 'libs/client/dist');
      fs.cpSync(join(rootDir, path), join(copy, path), { recursive: true, filter });
    }
    fs.symlinkSync(join(rootDir, 'node_modules'), join(copy, 'node_modules'));
    const cwd = join(copy, 'libs/client');
    // What runs the tests hands down the .npmrc of the repository, which is for what is installed.
    const words = ['pack', '--json', '--silent', '--ignore-scripts=false'];
    const { stdout } = await run('npm', words, { cwd, timeout: limitMs });
    const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [Packed];
    fs.mkdirSync(this.folder);
    this.write('package.json', JSON.stringify({ name: 'partner', private: true, type: 'module' }));
    const options = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', ['install', ...options, join(cwd, filename)], { cwd: this.folder });
    fs.rmSync(copy, { recursive: true });
    fs.symlinkSync(join(rootDir, 'node_modules/@types'), join(this.folder, 'node_modules/@types'));
    return files.map(({ path }) => path);
  }

  /** The manifest of the client as it is installed. */
  manifest(): Record<string, unknown> {
    const file = join(this.folder, 'node_modules/payment-orchestration-client/package.json');
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  }

  /** The programs of the package's README. */
  writePrograms(): string[] {
    const readme = fs.readFileSync(join(rootDir, 'libs/client/README.md'), 'utf8');
    const blocks = readBlocks(readme);
    for (const { path, text } of blocks) this.write(path, text);
    return blocks.map(({ path }) => path);
  }

  write(path: string, text: string): void {
    fs.writeFileSync(join(this.folder, path), text);
  }

  /** What the compiler complains about in everything that was written. */
  async compile(): Promise<string> {
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: strictest }));
    const compiler = join(rootDir, 'node_modules/typescript/bin/tsc');
    const ended = await run(process.execPath, [compiler, '-p', this.folder]).catch(
      (error: { stdout: string }) => error,
    );
    return ended.stdout;
  }

  start(name: string, env: Record<string, string>): Program {
    const child = spawn(process.execPath, [join(this.folder, 'out', name)], {
      env,
      timeout: limitMs,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { output: () => output, ended, stop: () => child.kill('SIGTERM') };
  }

  remove(): void {
    fs.rmSync(this.home, { recursive: true, force: true });
  }
}

interface Packed {
  filename: string;
  files: { path: string }[];
}
