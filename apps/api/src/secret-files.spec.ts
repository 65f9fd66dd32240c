import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withSecretFiles } from './secret-files.js';

describe('secrets in files', () => {
  const isSecret = (name: string) => name === 'A_KEY' || name === 'A_KEY__EU';
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const file = join(folder, 'key');
  writeFileSync(file, 'of the file\n');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read where the variable itself is empty, of every account', () => {
    expect(
      withSecretFiles({ A_KEY: '', A_KEY_FILE: file, A_KEY__EU_FILE: file }, isSecret),
    ).toEqual({
      ...{ A_KEY: 'of the file', A_KEY_FILE: file },
      ...{ A_KEY__EU: 'of the file', A_KEY__EU_FILE: file },
    });
  });

  it('give way to the variable itself, and nothing else is read', () => {
    const environment = { A_KEY: 'given', A_KEY_FILE: '/nowhere', OTHER_FILE: '/nowhere' };
    expect(withSecretFiles(environment, isSecret)).toEqual(environment);
  });

  it('name the variable of a file that is not there', () => {
    expect(() => withSecretFiles({ A_KEY__EU_FILE: '/nowhere' }, isSecret)).toThrow(
      "A_KEY__EU_FILE is wrong: /nowhere can't be read.",
    );
  });
});
