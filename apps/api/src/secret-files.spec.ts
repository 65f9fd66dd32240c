import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withSecretFiles } from './secret-files.js';

describe('secrets in files', () => {
  const isSecret = (name: string) => name === 'A_KEY' || name === 'A_KEY__EU';
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const file = join(folder, 'key');
  const empty = join(folder, 'empty');
  writeFileSync(file, 'of the file\n');
  writeFileSync(empty, '\n');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read where the variable itself is empty, of every account', () => {
    const given = { A_KEY: '', A_KEY_FILE: file, A_KEY__EU_FILE: file };
    expect(withSecretFiles(given, isSecret)).toEqual({
      environment: { ...given, A_KEY: 'of the file', A_KEY__EU: 'of the file' },
      mistakes: [],
    });
  });

  it('are read of nothing that is no secret, and of no file without a name', () => {
    const environment = { A_KEY_FILE: '', OTHER_FILE: '/nowhere' };
    expect(withSecretFiles(environment, isSecret)).toEqual({ environment, mistakes: [] });
  });

  it('may not stand in the variable and in its file: nobody knows which one counts', () => {
    const { mistakes } = withSecretFiles({ A_KEY: 'given', A_KEY_FILE: file }, isSecret);
    expect(mistakes).toEqual(['A_KEY and A_KEY_FILE are both set: one of them is wrong.']);
  });

  it('name every file that is not there or empty, and never what is in one', () => {
    const given = { A_KEY_FILE: empty, A_KEY__EU_FILE: '/nowhere' };
    expect(withSecretFiles(given, isSecret).mistakes).toEqual([
      `A_KEY_FILE is wrong: ${empty} is empty.`,
      "A_KEY__EU_FILE is wrong: /nowhere can't be read.",
    ]);
  });
});
