// `npm run openapi`: writes docs/openapi anew from the built application, with examples that it answered
// itself, and the types of the client; lints both documents.
import { readCommandLine } from '../../apps/local/commands.mjs';
import { binary, rootDir, run } from './commands.mjs';

readCommandLine('openapi');

const update = { UPDATE_DOCS: '1' };
const jest = (name, ...specs) =>
  run(
    binary('jest'),
    ['-c', 'test/jest.config.mjs', '--selectProjects', 'e2e', '-t', name, '--', ...specs],
    { env: update },
  );
const exampleSpecs = ['test/e2e/fuzz.spec.ts', 'test/e2e/webhook-deliveries.spec.ts'];
const writeDocuments = () => jest('in the repository', 'test/e2e/openapi.spec.ts');
const build = () => run(process.execPath, [`${rootDir}apps/local/build.mjs`]);
const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
const documents = ['docs/openapi/partner.json', 'docs/openapi/operations.json'];

/** @type {[string, () => Promise<{ exitCode: number, output: string }>][]} */
const steps = [
  ['build', build],
  ['schemas, for the examples to be compared with', writeDocuments],
  ['examples', () => jest('as (its|their) document shows', ...exampleSpecs)],
  ['build with the examples', build],
  ['documents', writeDocuments],
  ['types of the client', () => jest('types', 'test/e2e/client.spec.ts')],
  [
    'lint',
    () => run(binary('redocly'), ['lint', '--extends=recommended', ...documents], { env: quiet }),
  ],
];

for (const [name, step] of steps) {
  const { exitCode, output } = await step();
  console.log(`${exitCode === 0 ? 'ok    ' : 'failed'} ${name}`);
  if (exitCode === 0) continue;
  console.error(output.trim());
  process.exit(1);
}
