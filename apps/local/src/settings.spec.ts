import { readSettings } from './settings.js';

describe('the settings of npm start', () => {
  it('have defaults that need no environment', () => {
    const settings = readSettings({}, '/project');
    expect(settings).toMatchObject({ port: 3000, sandboxPort: 3100, dataDir: '/project/.local' });
    expect(settings.databaseUrl).toBeUndefined();
  });

  it('take an empty value for one that is not set', () => {
    const settings = readSettings({ PORT: '', LOCAL_DATA_DIR: '', DATABASE_URL: '' }, '/project');
    expect(settings).toMatchObject({ port: 3000, dataDir: '/project/.local' });
    expect(settings.databaseUrl).toBeUndefined();
  });

  it('resolve the data directory from the working directory', () => {
    expect(readSettings({ LOCAL_DATA_DIR: 'mine' }, '/project').dataDir).toBe('/project/mine');
    expect(readSettings({ LOCAL_DATA_DIR: '/data' }, '/project').dataDir).toBe('/data');
  });

  it.each(['abc', '-1', '65536', '3000.5'])('refuse the port %s by name', (port) => {
    expect(() => readSettings({ SANDBOX_PORT: port }, '/')).toThrow(
      `SANDBOX_PORT must be a number from 0 to 65535 and is "${port}".`,
    );
  });

  it('refuse a database URL of another kind without repeating its password', () => {
    const read = () => readSettings({ DATABASE_URL: 'mysql://root:secret@localhost/db' }, '/');
    expect(read).toThrow(/^DATABASE_URL is not a URL of the form postgres:/);
    expect(read).not.toThrow(/secret/);
  });

  it('hand on a listed setting of the api and no other variable', () => {
    const { handedOn } = readSettings({ LOG_LEVEL: 'debug', AWS_SECRET_ACCESS_KEY: 'x' }, '/');
    expect(handedOn).toEqual({ LOG_LEVEL: 'debug' });
  });
});
