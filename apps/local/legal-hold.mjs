// `npm run legal-hold`: what it starts is part of the build that `npm start` makes.
import fs from 'node:fs';
import path from 'node:path';
import { readCommandLine } from './commands.mjs';

readCommandLine('legal-hold');
const entry = path.resolve(import.meta.dirname, '../../dist/apps/local/src/legal-hold.js');
if (!fs.existsSync(entry)) {
  process.stderr.write('The system is not running: run npm start in another terminal first.\n');
  process.exit(1);
}
await import(entry);
