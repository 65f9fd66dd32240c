import { register } from 'node:module';

register('./typescript-loader.mjs', import.meta.url);

export default async function globalSetup() {
  const { globalSetup: start } = await import('../support/schema-setup.ts');
  await start();
}
