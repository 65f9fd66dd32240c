export { lifecycleCommand } from './lifecycle.command.js';
export { LifecycleModule } from './lifecycle.module.js';
export { LifecycleWorker } from './lifecycle.worker.js';
