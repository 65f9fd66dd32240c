export { keyCommands } from './key-rotation.command.js';
export { legalHoldCommands } from './legal-hold.command.js';
export { OperationsModule } from './operations.module.js';
export { type Command, CommandError, operatorCommands } from './operator.command.js';
export { OperatorEntrance } from './operator-entrance.service.js';
