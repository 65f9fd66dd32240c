import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse } from 'yaml';

export interface ComposeService {
  profiles?: string[];
  command: string[];
  image: string;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
  cpus?: number;
  pids_limit?: number;
  stop_grace_period?: string;
  environment?: Record<string, string | number>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
}

export interface ComposeFile {
  version?: string;
  services: Record<string, ComposeService>;
}

interface Reading {
  /** What changes it further. */
  others?: string[];
  profile?: string;
}

/** The file as docker-compose reads it, with every variable filled in. */
export async function readComposeFile({
  others = [],
  profile,
}: Reading = {}): Promise<ComposeFile> {
  const files = ['docker-compose.yml', ...others].flatMap((file) => ['-f', file]);
  const profiles = profile === undefined ? [] : ['--profile', profile];
  const words = [...files, ...profiles, 'config'];
  const { stdout } = await promisify(execFile)('docker-compose', words, { timeout: 30_000 });
  return parse(stdout) as ComposeFile;
}

/** The environment of a service, with addresses and folders of its container replaced by ours. */
export function localEnvironment(
  service: ComposeService,
  replacements: Record<string, string>,
): Record<string, string> {
  const entries = Object.entries(service.environment ?? {}).map(([name, value]) => {
    let text = String(value);
    for (const [inside, here] of Object.entries(replacements)) text = text.replaceAll(inside, here);
    return [name, text];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}
