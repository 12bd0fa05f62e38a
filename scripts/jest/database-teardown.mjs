export default async function tearDownDatabase() {
  const server = await globalThis.testDatabaseServer;
  globalThis.testDatabaseServer = undefined;
  await server?.stop();
}
