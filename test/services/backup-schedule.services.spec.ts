import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { ComposeFile } from './support/compose.js';

const run = promisify(execFile);
const deployDir = 'deploy/backup';

/** The value of a setting in a file of ours, without its quotes. */
function settingOf(file: string, name: string): string | undefined {
  const text = readFileSync(join(deployDir, file), 'utf8');
  const found = new RegExp(`^${name} ?= ?'?(.*?)'?$`, 'm').exec(text);
  return found?.[1];
}

describe('the schedule of the backups', () => {
  it('has a full one daily, an incremental one every six hours, a dump a week and a drill a month', () => {
    const timers = readdirSync(join(deployDir, 'systemd')).filter((name) =>
      name.endsWith('.timer'),
    );
    const times = timers.map((name) => [name, settingOf(`systemd/${name}`, 'OnCalendar')]);
    expect(Object.fromEntries(times)).toEqual({
      'payments-backup-full.timer': '*-*-* 02:00:00 UTC',
      'payments-backup-incr.timer': '*-*-* 08,14,20:00:00 UTC',
      'payments-dump.timer': 'Sun *-*-* 04:00:00 UTC',
      'payments-backup-drill.timer': '*-*-01 05:00:00 UTC',
    });
  });

  it('starts what is there', () => {
    const units = readdirSync(join(deployDir, 'systemd'));
    const timers = units.filter((name) => name.endsWith('.timer'));
    expect(timers.map((name) => name.replace('.timer', '.service'))).toEqual(
      units.filter((name) => name.endsWith('.service')),
    );
    expect(settingOf('systemd/payments-backup-full.service', 'ExecStart')).toMatch(/--type=full/);
    expect(settingOf('systemd/payments-backup-incr.service', 'ExecStart')).toMatch(/--type=incr/);
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['backup:drill']).toBeDefined();
  });

  it('is the same in containers', async () => {
    const before = Date.now();
    const { stdout } = await run('bash', [join(deployDir, 'schedule.sh'), '--next']);
    const next = new Date(Math.round((before / 1000 + Number(stdout)) / 60) * 60_000);
    expect([2, 8, 14, 20]).toContain(next.getUTCHours());
    expect(next.getUTCMinutes()).toBe(0);
    expect(Number(stdout)).toBeGreaterThan(0);
    expect(Number(stdout)).toBeLessThanOrEqual(6 * 3600);
  });
});

describe('the backups in containers', () => {
  let services: ComposeFile['services'];

  beforeAll(async () => {
    const files = ['-f', 'docker-compose.yml', '-f', join(deployDir, 'docker-compose.yml')];
    const { stdout } = await run('docker-compose', [...files, 'config'], { timeout: 30_000 });
    ({ services } = parse(stdout) as ComposeFile);
  });

  it('are encrypted, kept and compressed as on a server', () => {
    for (const name of [
      'repo1-cipher-type',
      'repo1-retention-full-type',
      'repo1-retention-full',
      'repo1-bundle',
      'compress-type',
      'start-fast',
    ]) {
      const variable = `PGBACKREST_${name.toUpperCase().replaceAll('-', '_')}`;
      for (const service of ['postgres', 'backup']) {
        const value = services[service]?.environment?.[variable];
        expect([service, name, String(value)]).toEqual([
          ...[service, name, settingOf('pgbackrest.conf', name)],
        ]);
      }
    }
  });

  it('are made of a server that archives each minute and has checksums', () => {
    const { command, environment } = services.postgres ?? { command: [] };
    expect(command).toContain('archive_mode=on');
    expect(command).toContain('archive_timeout=60');
    expect(settingOf('postgresql.conf', 'archive_timeout')).toBe('60s');
    expect(environment?.POSTGRES_INITDB_ARGS).toBe('--data-checksums');
  });
});
