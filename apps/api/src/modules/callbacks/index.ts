export { CallbackWorker } from './callback.worker.js';
export { CallbacksModule } from './callbacks.module.js';
