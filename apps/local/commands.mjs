// What people type: every command of package.json that takes no words of another program. Needs no build and no system.
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const flag = { type: 'boolean' };

export const commands = {
  start: {
    usage: `npm start

Builds when the sources changed, then starts PostgreSQL, the sandbox, the API and the worker, until Ctrl-C.
Settings are variables of the environment: PORT, SANDBOX_PORT, LOCAL_DATA_DIR, DATABASE_URL, and those of
docs/configuration.md.`,
  },
  demo: {
    usage: `npm run demo [-- --provider <stripe|adyen|paypal>]

Plays payments against the system that npm start runs, and compares what the providers charged.

  --provider <name>   plays the payments of this provider alone`,
    options: { provider: text },
  },
  invariants: {
    usage: `npm run invariants [-- --at <RFC 3339>]

Checks everything that must always hold, in the system that npm start runs or in that of WORKER_DATABASE_URL.

  --at <RFC 3339>     the moment to look at; now unless given`,
    options: { at: text },
  },
  lifecycle: {
    usage: `npm run lifecycle -- <job>|all|verify [--dry-run] [--now <RFC 3339>] [--simulate] [--batch <rows>]

Moves and deletes what the rules of docs/lifecycle.md say, in the system that npm start runs or in that of
WORKER_DATABASE_URL. verify compares every audit block with its count and its hash.

  --dry-run           counts what is due and changes nothing
  --now <RFC 3339>    the moment that every rule is measured by; the database says it otherwise
  --simulate          lets --now lie in the future; not in production
  --batch <rows>      rows of one database transaction, 1 to 5000; 1000 otherwise`,
    options: { 'dry-run': flag, now: text, simulate: flag, batch: text },
    takesWords: true,
  },
  'legal-hold': {
    usage: `npm run legal-hold -- place (--partner <id> | --transaction <id>) --reason <text> --by <name>
npm run legal-hold -- release <hold id> --by <name>
npm run legal-hold -- list [--all]

Keeps records from every job of the life cycle, in the system that npm start runs or in that of
OPERATIONS_DATABASE_URL.`,
    options: { partner: text, transaction: text, reason: text, by: text, all: flag },
    takesWords: true,
  },
  reset: {
    usage: `npm run reset

Removes what npm start made in .local, or in LOCAL_DATA_DIR. The database of DATABASE_URL stays as it is.`,
  },
  'backup:drill': {
    usage: `npm run backup:drill                       makes a cluster of its own, backs it up and restores it
npm run backup:drill -- --stanza <name>    restores that stanza and compares it with DATABASE_URL

Restores a database from its backups and looks whether it is all there.

  --config <file>        configuration of pgBackRest, when it is not its own
  --target <RFC 3339>    the moment to restore; the end of what is archived unless given
  --max-lag <seconds>    how much older the newest heartbeat may be; 150 unless given
  --directory <path>     where there is room for the restored database; /var/tmp unless given

DATABASE_URL names a login that sees all rows, as payments_operations does.`,
    options: { stanza: text, config: text, target: text, 'max-lag': text, directory: text },
  },
  build: {
    usage: `npm run build [-- --force | --check]

Compiles and bundles everything into dist/, when the sources changed.

  --force   also when they did not
  --check   builds nothing, and fails when the build is missing or stale`,
    options: { force: flag, check: flag },
  },
  check: {
    usage: `npm run check

The gate: format, lint, types, boundaries, dead code, unit and architecture tests.`,
  },
  openapi: {
    usage: `npm run openapi

Writes the OpenAPI documents anew, with examples that the application answered, and the types of the client.`,
  },
};

/** Ends the process after `--help`, with 0, and after an option that the command does not know, with 2. */
export function readCommandLine(name, args = process.argv.slice(2)) {
  const { usage, options = {}, takesWords = false } = commands[name];
  try {
    const form = { ...options, help: flag };
    const { values } = parseArgs({ args, options: form, allowPositionals: takesWords });
    if (!values.help) return;
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error.message.split('\n')[0]}\n\n${usage}\n`);
    process.exit(2);
  }
}
