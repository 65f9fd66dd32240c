import { findMisspelt } from './misspelt-settings.js';

const known = {
  names: ['DATABASE_URL', 'PORT', 'HOST', 'ADMIN_PORT', 'LOG_LEVEL', 'ACME_KEY', 'ACME_CERTS_FILE'],
  isSecret: (name: string) => name === 'ACME_KEY' || name === 'DATABASE_URL',
};
const of = (...names: string[]) =>
  findMisspelt(Object.fromEntries(names.map((name) => [name, 'x'])), known);

describe('a variable that looks like a setting', () => {
  it.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['DATABASEURL', 'DATABASE_URL'],
    ['DTABASE_UR', 'DATABASE_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['log_level', 'LOG_LEVEL'],
    ['port', 'PORT'],
    ['ACME_KEYS__EU', 'ACME_KEY'],
    ['ACME_KYE_FILE', 'ACME_KEY'],
  ])('is told: %s', (name, meant) => {
    expect(of(name)).toEqual([`${name} is no setting: is ${meant} meant?`]);
  });

  it('is told when it asks for the file of what is no secret', () => {
    expect(of('LOG_LEVEL_FILE')).toEqual([
      'LOG_LEVEL_FILE is no setting: LOG_LEVEL is no secret and stands in the variable itself.',
    ]);
  });

  it('is none when it is one, of an account or in a file, or empty', () => {
    const right = ['DATABASE_URL', 'ACME_KEY__EU', 'ACME_KEY__EU_FILE', 'ACME_KEY_FILE'];
    expect(of(...right, 'ACME_CERTS_FILE')).toEqual([]);
    expect(findMisspelt({ DATABSE_URL: '' }, known)).toEqual([]);
  });

  it('is none when it is what systems set', () => {
    expect(
      of('PATH', 'HOME', 'HOSTNAME', 'PWD', 'TZ', 'NODE_OPTIONS', 'API_PORT_80_TCP_PORT'),
    ).toEqual([]);
  });
});
