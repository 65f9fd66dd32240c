import 'reflect-metadata';
import { readConfig } from './config.js';
import { invariantsCommand } from './modules/invariants/index.js';
import { lifecycleCommand } from './modules/lifecycle/index.js';
import {
  type Command,
  CommandError,
  keyCommands,
  legalHoldCommands,
  operatorCommands,
} from './modules/operations/index.js';
import { SettingError } from './settings.js';

const commands: readonly Command[] = [
  ...operatorCommands,
  ...keyCommands,
  ...legalHoldCommands,
  invariantsCommand,
  lifecycleCommand,
];

async function main(words: string[]): Promise<void> {
  const typed = words.join(' ');
  const command = commands.find((known) => `${typed} `.startsWith(`${known.words} `));
  if (command) {
    const parameters = words.slice(command.words.split(' ').length);
    for (const line of await command.run(readConfig(), parameters)) {
      console.log(typeof line === 'string' ? line : JSON.stringify(line));
    }
    return;
  }
  if (typed !== 'help') throw new CommandError('There is no such command. Try: help');
  for (const { words: name, parameters, about } of commands) {
    console.log(`${`${name} ${parameters}`.padEnd(46)}${about}`);
  }
}

/** Of an error of ours everything, of any other its first line. */
function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof SettingError ? error.message : (error.message.split('\n')[0] ?? '');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(said(error));
  process.exitCode = 1;
});
