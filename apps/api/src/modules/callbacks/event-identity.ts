import { createHash } from 'node:crypto';
import type { ProviderFact } from '@libs/providers';

const longestId = 255;
const longestType = 100;

/** What duplicates of a fact are recognised by, in a form that the database can hold. */
export interface EventIdentity {
  eventId: string;
  eventType: string;
  occurredAt: Date | null;
}

/**
 * The identities of the facts of one body.
 *
 * Facts that share an event are told apart by their place in it, which is the same whenever the event is sent again.
 */
export function identitiesOf(facts: readonly ProviderFact[]): EventIdentity[] {
  const seen = new Map<string, number>();
  return facts.map(({ eventId, eventType, occurredAt }) => {
    const place = (seen.get(eventId) ?? 0) + 1;
    seen.set(eventId, place);
    return {
      eventId: storableId(place === 1 ? eventId : `${eventId}#${place}`),
      eventType: storable(eventType).slice(0, longestType),
      occurredAt: Number.isNaN(occurredAt.getTime()) ? null : occurredAt,
    };
  });
}

/** An id that can't be stored keeps its beginning; a hash of the whole stands for the rest. */
function storableId(id: string): string {
  if (id.length <= longestId && storable(id) === id) return id;
  const hash = createHash('sha256').update(id).digest('hex');
  return `${storable(id).slice(0, longestId - hash.length - 1)}~${hash}`;
}

/** PostgreSQL takes neither NUL nor half of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
