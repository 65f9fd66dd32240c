import pg from 'pg';

/**
 * A connection whose loss never ends the process.
 *
 * The pool listens for errors only while a connection is idle, and hands a new one over in the
 * middle of what the server sent: an error in the same packet would meet no listener. The
 * statements of a lost connection are rejected all the same.
 */
export class EnduringClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
