/** Stops the server that global setup started, or drops the run's databases on TEST_DATABASE_URL. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.peerledgerTestServer?.stop();
}
