import { identitiesOf } from './event-identity.js';

const fact = (eventId: string, eventType = 'x') => ({
  ...{ eventId, eventType, occurredAt: new Date(0) },
  subject: { kind: 'other' } as const,
});

describe('the identity of a fact', () => {
  it('is what the provider says, where that can be stored', () => {
    expect(identitiesOf([fact('evt_1', 'payment_intent.succeeded')])).toEqual([
      { eventId: 'evt_1', eventType: 'payment_intent.succeeded', occurredAt: new Date(0) },
    ]);
  });

  it('keeps facts of one event apart, by their place in it', () => {
    const ids = identitiesOf([fact('evt_1'), fact('evt_2'), fact('evt_1'), fact('evt_1')]);
    expect(ids.map(({ eventId }) => eventId)).toEqual(['evt_1', 'evt_2', 'evt_1#2', 'evt_1#3']);
  });

  it('of a long id fits, and differs where the ids differ in their last letter', () => {
    const long = 'e'.repeat(400);
    const [one, other] = identitiesOf([fact(`${long}1`), fact(`${long}2`)]);
    expect([one?.eventId.length, other?.eventId.length]).toEqual([255, 255]);
    expect(one?.eventId).not.toBe(other?.eventId);
    expect(identitiesOf([fact(`${long}1`)])[0]).toEqual(one);
  });

  it('can be stored whatever the provider sends', () => {
    const [nul, half] = identitiesOf([fact('a\0b', 't\0'.repeat(200)), fact('a\ud800b')]);
    expect(nul).toMatchObject({ eventType: 't'.repeat(100) });
    expect(nul?.eventId).toMatch(/^ab~[0-9a-f]{64}$/);
    expect(half?.eventId.isWellFormed()).toBe(true);
  });

  it('has no time where the provider gave none that is one', () => {
    const [odd] = identitiesOf([{ ...fact('a'), occurredAt: new Date('nonsense') }]);
    expect(odd?.occurredAt).toBeNull();
  });
});
