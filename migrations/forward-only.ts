/** The `down` of every migration: a mistake is repaired by the next migration, never by going back. */
export const forwardOnly = (): Promise<never> =>
  Promise.reject(new Error('Migrations go forward only.'));
