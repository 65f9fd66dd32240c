/** A migration that can't start; the message is one sentence for a person. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}
