import { ProviderError } from './port.js';
import type { ProviderFact } from './port.js';

/** What a verified event is about when it can't be read: it is kept all the same, for people to look at. */
export function unreadable(eventType: string, error: unknown): ProviderFact['subject'] {
  const reason = error instanceof ProviderError ? error.message : 'its form is not the usual one';
  const name = eventType.slice(0, 100).replace(/[^\w.-]+/g, '?');
  return { kind: 'unreadable', problem: `${name}: ${reason}` };
}
