import { runApiCommand } from './api-command.js';

await runApiCommand('worker', ['invariants', ...process.argv.slice(2)]);
