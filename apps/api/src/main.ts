import { isConcurrent } from './config.js';
import { runProcess } from './process.js';
import { superviseApi } from './supervisor.js';

// What only watches others loads nothing of the API.
if (isConcurrent()) await runProcess('API', superviseApi);
else await import('./api.js');
