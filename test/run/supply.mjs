// `npm run supply`: what the product is made of. What can't be asked of the registry is said, never taken for granted.
import { execFile } from 'node:child_process';
import { relative, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { rootDir } from './commands.mjs';
import { runJest } from './jest.mjs';
import { writeSbom } from './sbom.mjs';

const usage = `Checks the lock file, licences and install scripts, writes an SBOM and asks the registry for advisories.

  npm run supply [-- --complete]

  --complete   fails as well when something could not be checked
  --help       prints this

The SBOM goes to .local/sbom.json. Exit codes: 0 nothing was found, 1 something was, 2 wrong usage.`;

const sbomFile = resolve(rootDir, '.local/sbom.json');
const network = ['--fetch-retries=0', '--fetch-timeout=20000'];
const limits = { cwd: rootDir, maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
const levels = ['moderate', 'high', 'critical'];

function readOptions() {
  const options = { complete: { type: 'boolean' }, help: { type: 'boolean' } };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** What npm prints as JSON; also when it fails, as it does when it has found something. */
async function askNpm(...args) {
  const asked = promisify(execFile)('npm', [...args, '--json', ...network], limits);
  const { stdout, message } = await asked.catch((error) => error);
  try {
    return JSON.parse(stdout);
  } catch {
    const lines = String(message).split('\n');
    const reason = lines.find((line) => /^npm error (network|audit|40\d|E)/.test(line)) ?? lines[0];
    return { error: { summary: reason.replace(/^npm error /, '') } };
  }
}

async function checkLockFile() {
  const spec = ['test/architecture/supply.spec.ts'];
  const { counts, output } = await runJest('supply', ['architecture'], {
    ...{ args: spec, inherit: false },
  });
  if (counts.failed > 0) console.error(output.trim());
  const says = 'lock file, licences, install scripts, form of the SBOM';
  return counts.failed > 0 || counts.passed === 0 ? ['failed', says] : ['ok', says];
}

async function makeSbom() {
  const count = await writeSbom(sbomFile);
  return ['ok', `SBOM of ${count} packages in ${relative(process.cwd(), sbomFile)}`];
}

async function askForAdvisories() {
  const found = await askNpm('audit');
  const counts = found.metadata?.vulnerabilities;
  if (!counts) return ['not checked', `advisories: ${reasonOf(found)}`];
  const grave = levels.filter((level) => counts[level] > 0);
  if (grave.length === 0) return ['ok', 'advisories: none of moderate severity or above'];
  const names = Object.values(found.vulnerabilities).filter(({ severity }) =>
    levels.includes(severity),
  );
  return [
    'failed',
    `advisories: ${names.map((one) => `${one.name} (${one.severity})`).join(', ')}`,
  ];
}

async function askForSignatures() {
  const found = await askNpm('audit', 'signatures');
  const { invalid, missing } = found;
  if (!invalid || !missing) return ['not checked', `signatures: ${reasonOf(found)}`];
  const wrong = [...invalid, ...missing].map(({ name, version }) => `${name}@${version}`);
  if (wrong.length === 0) return ['ok', 'signatures of the registry'];
  return ['failed', `signatures are missing or wrong: ${wrong.join(', ')}`];
}

function reasonOf({ message, error }) {
  return message || error?.summary || error?.detail || error?.code || 'the registry did not answer';
}

async function main() {
  const { complete, help } = readOptions();
  if (help) return console.log(usage);
  const results = [];
  for (const step of [checkLockFile, makeSbom, askForAdvisories, askForSignatures]) {
    const [verdict, says] = await step().catch((error) => ['failed', error.message]);
    console.log(`${verdict.padEnd(12)} ${says}`);
    results.push(verdict);
  }
  const count = (word) => results.filter((verdict) => verdict === word).length;
  const open = count('not checked');
  console.log(`${count('ok')} checked, ${count('failed')} failed, ${open} not checked`);
  if (open > 0) console.log('What was not checked: run this again where the registry answers it.');
  process.exitCode = count('failed') > 0 || (complete && open > 0) ? 1 : 0;
}

await main();
