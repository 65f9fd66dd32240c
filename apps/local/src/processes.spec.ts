import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { startProcess } from './processes.js';

describe('a child process', () => {
  let directory: string;

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'processes-'));
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  function start(program: string, readyTimeoutMs = 10_000) {
    const entry = path.join(directory, 'entry.cjs');
    fs.writeFileSync(entry, program);
    const logFile = path.join(directory, 'entry.log');
    return startProcess({ name: 'api', entry, env: { ONLY: 'this' }, logFile, readyTimeoutMs });
  }
  const ready = `process.send({ type: 'ready', url: 'http://127.0.0.1:1' });`;
  const stay = 'setInterval(() => {}, 1000);';

  it('is started when it says that it is ready, and stops on SIGTERM', async () => {
    const child = await start(`${ready} ${stay}`);
    expect(child.url).toBe('http://127.0.0.1:1');
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('inherits nothing of our environment', async () => {
    const child = await start(`console.log(Object.keys(process.env).join()); ${ready} ${stay}`);
    await child.stop();
    const log = fs.readFileSync(path.join(directory, 'entry.log'), 'utf8');
    expect(log).toContain('ONLY');
    expect(log).not.toContain('HOME');
  });

  it('that fails to start is reported with the last it wrote to stderr', async () => {
    const program = `console.error('API_KEY_PEPPER is missing.'); process.exitCode = 1;`;
    await expect(start(program)).rejects.toThrow(
      'The api stopped with code 1.\nAPI_KEY_PEPPER is missing.',
    );
  });

  it('that is never ready is ended after its time', async () => {
    await expect(start(stay, 300)).rejects.toThrow('The api was not ready within 300 ms.');
  });

  it('that ignores SIGTERM is killed', async () => {
    const child = await start(`process.on('SIGTERM', () => {}); ${ready} ${stay}`);
    expect(await child.stop(200)).toEqual({ code: null, signal: 'SIGKILL' });
  });
});
