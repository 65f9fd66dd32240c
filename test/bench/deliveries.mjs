// `npm run bench:deliveries`: how long after an event its webhook reaches a partner. It builds nothing: run
// `npm run build` first. Takes --payments and --owed. Fails when half of the webhooks take a second or more.
import { register } from 'node:module';

register('../run/typescript-loader.mjs', import.meta.url);

const { benchDeliveries } = await import('./support/delivery-bench.ts');
process.exitCode = (await benchDeliveries(process.argv.slice(2), console)) ? 0 : 1;
