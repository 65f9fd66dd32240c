export default async function globalTeardown() {
  const { globalTeardown: stop } = await import('../support/schema-setup.ts');
  await stop();
}
