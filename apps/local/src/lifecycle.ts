import { runApiCommand } from './api-command.js';

await runApiCommand('worker', ['lifecycle', ...process.argv.slice(2)]);
