import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rootDir } from './sources.js';

interface Diagnostic {
  code: string;
  filename: string;
}

const lines = (count: number) => 'work();\n'.repeat(count);
const promised = 'export async function pay(): Promise<void> {}';

/** The rule, a file that breaks it, and its text. */
const probes: [rule: string, path: string, text: string][] = [
  ['max-lines', 'libs/money/src/long.ts', lines(251)],
  ['max-lines-per-function', 'libs/money/src/wide.ts', `export function a() {\n${lines(49)}}\n`],
  ['no-console', 'apps/api/src/shouting.ts', "console.log('paid');"],
  ['no-default-export', 'libs/money/src/default.ts', 'export default 1;'],
  ['no-explicit-any', 'libs/money/src/any.ts', 'export const a: any = 1;'],
  ['no-floating-promises', 'apps/api/src/floating.ts', `${promised}\npay();`],
  ['no-misused-promises', 'apps/api/src/misused.ts', `${promised}\nif (pay()) work();`],
  ['no-focused-tests', 'libs/money/src/amount.spec.ts', "it.only('a b', () => {});"],
  ['no-process-env', 'apps/api/src/modules/health/health.service.ts', 'work(process.env.PORT);'],
  ['no-process-env', 'libs/database/src/environment.ts', 'work(process.env.PORT);'],
  [
    'no-restricted-imports',
    'libs/money/src/env.ts',
    "import { env } from 'node:process';\nwork(env);",
  ],
  [
    'no-restricted-imports',
    'apps/api/src/modules/refunds/refunds.service.ts',
    "import { NotFoundException } from '@nestjs/common';\nwork(NotFoundException);",
  ],
  [
    'switch-exhaustiveness-check',
    'apps/api/src/modules/refunds/refund.machine.ts',
    "export function next(a: 'b' | 'c') {\n  switch (a) {\n    case 'b':\n      return 1;\n  }\n}",
  ],
];

/** The same where it is allowed. */
const allowed: [path: string, text: string][] = [
  ['apps/api/src/config.ts', 'work(process.env.PORT);'],
  ['apps/sandbox/src/settings.ts', 'work(process.env.PORT);'],
  ['apps/local/src/summary.ts', "console.log('ready');"],
  ['apps/api/src/command.ts', "console.log('{}');"],
  [
    'apps/api/src/errors/problem.filter.ts',
    "import { HttpException } from '@nestjs/common';\nwork(HttpException);",
  ],
  ['test/e2e/refunds.spec.ts', `describe('refunds', () => {\n${lines(60)}});\n`],
  ['libs/money/src/wide-enough.ts', `export function b() {\n${lines(48)}}\n`],
];

function lint(folder: string): Promise<Diagnostic[]> {
  const args = [
    '--type-aware',
    '--disable-nested-config',
    '--format',
    'json',
    'apps',
    'libs',
    'test',
  ];
  return new Promise((resolve, reject) => {
    execFile(join(rootDir, 'node_modules/.bin/oxlint'), args, { cwd: folder }, (_error, stdout) => {
      try {
        resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics);
      } catch {
        reject(new Error(`the linter gave no report: ${stdout.slice(0, 500)}`));
      }
    });
  });
}

function plant(folder: string): void {
  copyFileSync(join(rootDir, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  copyFileSync(join(rootDir, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  symlinkSync(join(rootDir, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of [...probes.map(([, ...file]) => file), ...allowed]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  }
  writeFileSync(join(folder, 'apps/work.d.ts'), 'declare function work(what?: unknown): void;\n');
}

describe('the linter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lint-'));
  let found: string[];

  beforeAll(async () => {
    plant(folder);
    const diagnostics = await lint(folder);
    found = diagnostics.map(
      ({ code, filename }) => `${code.replace(/^.*\(|\)$/g, '')} ${filename}`,
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(probes)('is not silent about %s in %s', (rule, path) => {
    expect(found).toContain(`${rule} ${path}`);
  });

  it.each(allowed)('has nothing against %s', (path) => {
    expect(found.filter((line) => line.endsWith(` ${path}`))).toEqual([]);
  });
});
