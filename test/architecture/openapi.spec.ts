import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { rootDir } from '../support/test-run.js';

const documents = ['partner', 'operations'].map((name) => `docs/openapi/${name}.json`);

/** Redocly's recommended rules, with nothing sent to anybody. */
function lint(files: string[]): Promise<{ output: string; problems: unknown[] }> {
  const env = {
    ...process.env,
    ...{ REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  };
  const cli = join(rootDir, 'node_modules/@redocly/cli/bin/cli.js');
  return new Promise((resolve) => {
    const args = [cli, 'lint', '--extends=recommended', '--format=json', ...files];
    execFile(process.execPath, args, { cwd: rootDir, env }, (_error, stdout, stderr) => {
      const list = `[${stdout.replaceAll(/^\}\{$/gm, '},{')}]`;
      const reports = JSON.parse(list) as { problems: unknown[] }[];
      resolve({ output: stderr, problems: reports.flatMap(({ problems }) => problems) });
    });
  });
}

describe('the OpenAPI documents', () => {
  it('keep the recommended rules of their linter, without an error or a warning', async () => {
    const { output, problems } = await lint(documents);
    expect({ problems, output }).toEqual({ problems: [], output: expect.any(String) as string });
    for (const document of documents) expect(output).toContain(document);
  });
});
