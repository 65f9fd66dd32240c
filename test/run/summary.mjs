// node test/run/summary.mjs <folder of reports> <commands that failed>: the one line over several runs.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { count, readOutcomes, summaryLine } from './reports.mjs';

const [folder, failedCommands] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const found = readOutcomes(files.map((name) => join(folder, name)));
for (const [name, outcome] of found) if (outcome === 'failed') console.log(`failed: ${name}`);

const counts = count(found);
// A command that failed because of its tests is already counted by them.
if (counts.failed === 0) counts.failed = Number(failedCommands);
console.log(summaryLine(counts));
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
