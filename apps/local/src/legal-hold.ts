import { runApiCommand } from './api-command.js';

await runApiCommand('operations', ['legal-hold', ...process.argv.slice(2)]);
