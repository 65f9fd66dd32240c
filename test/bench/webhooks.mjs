// `npm run bench:webhooks`: how long providers wait for the answer to a webhook. It builds nothing: run
// `npm run build` first. Takes --webhooks and --burst. Fails when they wait too long on a machine that does nothing else.
import { register } from 'node:module';

register('../run/typescript-loader.mjs', import.meta.url);

const { benchWebhooks } = await import('./support/webhook-bench.ts');
process.exitCode = (await benchWebhooks(process.argv.slice(2), console)) ? 0 : 1;
