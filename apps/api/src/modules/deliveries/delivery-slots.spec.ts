import { DeliverySlots, mostOfPartner } from './delivery-slots.js';

describe('the slots of deliveries', () => {
  let nowMs: number;
  let slots: DeliverySlots;

  beforeEach(() => {
    nowMs = 0;
    slots = new DeliverySlots(() => nowMs);
  });

  const known = (id: string) => slots.free().partners.find((partner) => partner.id === id);

  it('are free until they are taken, and again when a delivery has ended', () => {
    const { fast } = slots.free();
    const end = slots.take('shop');
    expect(slots.free().fast).toBe(fast - 1);
    expect(known('shop')).toEqual({ id: 'shop', running: 1, isSlow: false });
    end();
    expect(slots.free()).toEqual({ ...slots.free(), fast, partners: [] });
  });

  it('are given back by whoever does not answer, however many they are', () => {
    const { fast, slow } = slots.free();
    for (let n = 0; n < 500; n++) slots.take(`dead-${n % (500 / mostOfPartner)}`);
    expect(slots.free().fast).toBe(0);
    nowMs = 1_001;
    expect(slots.free()).toMatchObject({ fast, slow: 0 });
    expect(slow).toBeGreaterThan(0);
  });

  it('are those of slow partners until an answer comes in time', () => {
    const { fast, slow } = slots.free();
    const late = slots.take('shop');
    nowMs = 1_001;
    late();
    expect(known('shop')).toEqual({ id: 'shop', running: 0, isSlow: true });
    const inTime = slots.take('shop');
    expect(slots.free()).toMatchObject({ fast, slow: slow - 1 });
    inTime();
    expect(known('shop')).toBeUndefined();
  });
});
