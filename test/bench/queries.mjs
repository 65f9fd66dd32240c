// `npm run bench:queries`: what the reads of the API cost on a long history. It builds nothing: run
// `npm run build` first. Takes --transactions, --partners and --runs.
import { register } from 'node:module';

register('../run/typescript-loader.mjs', import.meta.url);

const { benchQueries } = await import('./support/query-bench.ts');
await benchQueries(process.argv.slice(2), console);
