export { invariantsCommand } from './invariants.command.js';
export { InvariantsModule } from './invariants.module.js';
export { InvariantsWorker } from './invariants.worker.js';
