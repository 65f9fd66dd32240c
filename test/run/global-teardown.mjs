export default async function globalTeardown() {
  const { globalTeardown: stop } = await import('../support/global-setup.ts');
  await stop();
}
