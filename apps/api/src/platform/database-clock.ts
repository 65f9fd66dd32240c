/**
 * The database's time from its last answer on, whatever the clock of this machine says.
 *
 * @param databaseTime the time that the database just answered
 */
export function databaseClock(databaseTime: Date): () => Date {
  const readAtMs = performance.now();
  // A Date has milliseconds only; rounded up, so that nothing happens before it was recorded.
  return () => new Date(databaseTime.getTime() + 1 + Math.ceil(performance.now() - readAtMs));
}
