import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openDataDirectory } from './data-directory.js';

describe('the data directory', () => {
  let parent: string;
  let directory: string;

  beforeEach(() => {
    parent = fs.mkdtempSync(path.join(os.tmpdir(), 'data-directory-'));
    directory = path.join(parent, 'deep', 'local');
  });
  afterEach(() => fs.rmSync(parent, { recursive: true }));

  it('is made with its parents and a marker for npm run reset', () => {
    openDataDirectory(directory).release();
    const marker: unknown = JSON.parse(
      fs.readFileSync(path.join(directory, 'local-data.json'), 'utf8'),
    );
    expect(marker).toEqual({ kind: 'payment-orchestration-local-data' });
  });

  it('remembers what was put into its marker', () => {
    const opened = openDataDirectory(directory);
    opened.updateMarker({ postgres_port: 5433 });
    opened.release();
    expect(openDataDirectory(directory).marker.postgres_port).toBe(5433);
  });

  it('is refused to a second launcher until the first releases it', () => {
    const first = openDataDirectory(directory);
    expect(() => openDataDirectory(directory)).toThrow(
      `The system is already running on ${directory} (process ${process.pid})`,
    );
    first.release();
    expect(() => openDataDirectory(directory).release()).not.toThrow();
  });

  it('is taken over from a launcher that was killed, even when its process id lives again', () => {
    openDataDirectory(directory).release();
    const lock = { pid: process.pid, birth: 'an earlier process' };
    fs.writeFileSync(path.join(directory, 'lock'), JSON.stringify(lock));
    expect(() => openDataDirectory(directory)).not.toThrow();
  });

  it('is never one with files of somebody else', () => {
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, 'thesis.txt'), 'mine');
    expect(() => openDataDirectory(directory)).toThrow(/holds other files: choose a new or empty/);
    expect(fs.readdirSync(directory)).toEqual(['thesis.txt']);
  });

  it('says in one sentence that it can not be written', () => {
    fs.writeFileSync(path.join(parent, 'file'), '');
    expect(() => openDataDirectory(path.join(parent, 'file', 'local'))).toThrow(
      /can't be written \(ENOTDIR\): choose another with LOCAL_DATA_DIR\.$/,
    );
  });

  it('starts a new log when the old one is over 20 MB', () => {
    const opened = openDataDirectory(directory);
    fs.writeFileSync(opened.logFile('api'), 'small');
    fs.writeFileSync(opened.logFile('worker'), '');
    fs.truncateSync(opened.logFile('worker'), 21 * 1024 * 1024);
    opened.release();
    openDataDirectory(directory);
    expect(fs.readFileSync(opened.logFile('api'), 'utf8')).toBe('small');
    expect(fs.existsSync(opened.logFile('worker'))).toBe(false);
    expect(fs.existsSync(`${opened.logFile('worker')}.1`)).toBe(true);
  });
});
