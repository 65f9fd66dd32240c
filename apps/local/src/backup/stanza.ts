import { findDamage } from './repository-damage.js';
import type { Programs } from './programs.js';

/** One backup as `pgbackrest info` tells of it. */
export interface Backup {
  label: string;
  type: 'full' | 'diff' | 'incr';
  error: boolean;
  timestamp: { start: number; stop: number };
  archive: { start: string; stop: string };
}

/** What `pgbackrest info` says of a stanza, as far as it is looked at. */
export interface StanzaInfo {
  status: { code: number; message: string };
  cipher: string;
  backup: Backup[];
  archive: { id: string; min: string; max: string }[];
  db: { id: number; version: string }[];
}

export interface RestoreOptions {
  dataDir: string;
  /** The moment to restore; the end of what is archived unless given. */
  target?: Date | undefined;
}

/** The backups of one cluster. */
export class Stanza {
  constructor(
    private readonly programs: Programs,
    readonly name: string,
    /** pgBackRest's own file unless given. */
    private readonly configFile: string | undefined,
  ) {}

  /** Runs a command of pgBackRest. What is damaged stays so: nothing is tried twice. */
  run(command: string, ...options: string[]): Promise<string> {
    const config = this.configFile ? [`--config=${this.configFile}`] : [];
    const level = options.some((option) => option.startsWith('--log-level-console'));
    const given = level ? options : ['--log-level-console=warn', ...options];
    return this.programs.require('pgbackrest', [
      ...[...config, `--stanza=${this.name}`, ...given, command],
    ]);
  }

  async info(): Promise<StanzaInfo> {
    const [found] = JSON.parse(await this.run('info', '--output=json')) as StanzaInfo[];
    if (!found) throw new Error(`the repository has no stanza ${this.name}`);
    return found;
  }

  /** What is damaged or missing. */
  async verify(): Promise<string[]> {
    return findDamage(await this.run('verify', '--log-level-console=detail', '--job-retry=0'));
  }

  async restore({ dataDir, target }: RestoreOptions): Promise<void> {
    const moment = target?.toISOString().replace('T', ' ').replace('Z', '+00');
    const until = moment ? ['--type=time', `--target=${moment}`, '--target-action=promote'] : [];
    const options = [`--pg1-path=${dataDir}`, '--archive-mode=off', '--job-retry=0', ...until];
    await this.run('restore', ...options);
  }
}
