import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { boundaryProbes, probeTree } from './rules/boundary-probes.js';
import { rootDir } from './sources.js';

interface Violation {
  from: string;
  rule: { name: string };
}

interface Cruise {
  summary: { violations: Violation[]; ruleSetUsed: { forbidden: { name: string }[] } };
}

function cruise(folder: string): Promise<Cruise> {
  const cruiser = join(rootDir, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(rootDir, '.dependency-cruiser.mjs');
  const args = [cruiser, '--config', config, '-T', 'json', 'apps', 'libs', 'migrations', 'test'];
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024, timeout: 50_000 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (_error, stdout, stderr) => {
      if (stdout.startsWith('{')) resolve(JSON.parse(stdout) as Cruise);
      else reject(new Error(`dependency-cruiser gave no report: ${stderr}`));
    });
  });
}

function plant(folder: string, files: Map<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe('the boundaries between the rooms', () => {
  const folder = mkdtempSync(join(tmpdir(), 'boundaries-'));
  let planted: Cruise;
  let clean: Cruise;

  beforeAll(async () => {
    plant(join(folder, 'planted'), probeTree(boundaryProbes));
    plant(join(folder, 'clean'), probeTree([]));
    [planted, clean] = await Promise.all([
      cruise(join(folder, 'planted')),
      cruise(join(folder, 'clean')),
    ]);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('say nothing about a tree that keeps them', () => {
    expect(clean.summary.violations).toEqual([]);
  });

  it('have a probe for every rule', () => {
    const probed = new Set(boundaryProbes.map(({ rule }) => rule));
    const rules = clean.summary.ruleSetUsed.forbidden.map(({ name }) => name);
    expect(rules.filter((name) => !probed.has(name))).toEqual([]);
  });

  it.each(boundaryProbes)('$rule is not silent about $from', ({ rule, from }) => {
    const found = planted.summary.violations.map((each) => `${each.rule.name} ${each.from}`);
    expect(found).toContain(`${rule} ${from}`);
  });
});
