import fc from 'fast-check';
import { deliveryFailures, type DeliveryOutcome } from './delivery-outcome.js';
import { mostAttempts, type NextStep, nextStep, retryAfterMs } from './delivery-schedule.js';

const minutes = 60_000;
const hours = 60 * minutes;
const days = 24 * hours;
const first = { attempt: 1, failingForMs: 0 };
const noJitter = () => 0;

function answered(httpStatus: number, retryAfter: number | null = null): DeliveryOutcome {
  return { kind: 'answered', httpStatus, durationMs: 1, answer: '', retryAfterMs: retryAfter };
}

function delayOf(step: NextStep): number {
  return step.step === 'retry' ? step.delayMs : Number.NaN;
}

const failures = fc.oneof(
  fc
    .constantFrom(...deliveryFailures)
    .map((reason): DeliveryOutcome => ({ kind: 'failed', reason, durationMs: 1 })),
  fc
    .record({
      status: fc
        .integer({ min: 300, max: 599 })
        .filter((status) => ![410, 429, 503].includes(status)),
      asked: fc.option(fc.nat()),
    })
    .map(({ status, asked }) => answered(status, asked)),
);
const attempts = fc.integer({ min: 1, max: mostAttempts - 1 });
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const shortTrouble = fc.integer({ min: 0, max: 5 * days - 1 });

describe('the step after an attempt', () => {
  it('never ends a URL for what was our own fault', () => {
    const outcome = { kind: 'failed', reason: 'unreadable', durationMs: 0 } as const;
    const steps = [1, mostAttempts].map((attempt) =>
      nextStep(outcome, { attempt, failingForMs: 6 * days }, noJitter),
    );
    expect(steps).toEqual([{ step: 'retry', delayMs: 5000 }, { step: 'give_up' }]);
  });

  it('is none when the answer is of the 200s, whatever was before', () => {
    fc.assert(
      fc.property(
        ...[fc.integer({ min: 200, max: 299 }), fc.nat(30), fc.nat(10 * days), fc.option(fc.nat())],
        (status: number, attempt: number, failingForMs: number, asked: number | null) => {
          const step = nextStep(answered(status, asked), { attempt, failingForMs }, Math.random);
          expect(step).toEqual({ step: 'delivered' });
        },
      ),
    );
  });

  it('comes after 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, then never', () => {
    const steps = Array.from({ length: 10 }, (_, made) =>
      nextStep(answered(500), { attempt: made + 1, failingForMs: 0 }, noJitter),
    );
    const expected = [5000, 5 * minutes, 30 * minutes].concat(
      [2, 5, 10, 14, 20, 24].map((count) => count * hours),
    );
    expect(steps.slice(0, 9).map(delayOf)).toEqual(expected);
    expect(steps[9]).toEqual({ step: 'give_up' });
  });

  it('is the same for every failure: planned or up to a fifth later, and later each time', () => {
    fc.assert(
      fc.property(
        failures,
        attempts,
        chances,
        shortTrouble,
        (outcome, attempt, chance, trouble) => {
          const history = { attempt, failingForMs: trouble };
          const plannedMs = delayOf(nextStep(answered(500), history, noJitter));
          const delayMs = delayOf(nextStep(outcome, history, () => chance));
          expect(delayMs).toBe(Math.round(plannedMs * (1 + chance / 5)));
          const before = { attempt: attempt - 1, failingForMs: trouble };
          const latestMs = delayOf(nextStep(outcome, before, () => 1 - Number.EPSILON));
          expect(delayMs).toBeGreaterThanOrEqual(latestMs);
        },
      ),
    );
  });

  it('spreads what failed together', () => {
    const delays = [0, 0.25, 0.5, 0.999].map((chance) =>
      delayOf(nextStep(answered(500), { ...first, attempt: 2 }, () => chance)),
    );
    expect(delays).toEqual([300_000, 315_000, 330_000, 359_940]);
  });

  it.each([429, 503])(
    'waits as long as a %d asks for, not sooner than planned, a day',
    (status) => {
      const history = { attempt: 2, failingForMs: 0 };
      const delays = [null, 0, 299_999, 300_001, 2 * hours, 24 * hours, 1e15].map((asked) =>
        delayOf(nextStep(answered(status, asked), history, noJitter)),
      );
      expect(delays).toEqual([
        300_000,
        300_000,
        300_000,
        300_001,
        2 * hours,
        24 * hours,
        24 * hours,
      ]);
    },
  );

  it('does not come after the last attempt, though it be asked for', () => {
    const history = { attempt: mostAttempts, failingForMs: 0 };
    expect(nextStep(answered(503, 1000), history, noJitter)).toEqual({ step: 'give_up' });
  });

  it('ends everything at a 410, at once', () => {
    const gone = { step: 'disable', reason: 'gone' };
    for (const attempt of [1, 5, mostAttempts, 99]) {
      expect(nextStep(answered(410), { attempt, failingForMs: 0 }, noJitter)).toEqual(gone);
    }
  });

  it('ends everything after five days of failure, and not a moment before', () => {
    const theirFault = failures.filter(
      (outcome) => outcome.kind === 'answered' || outcome.reason !== 'unreadable',
    );
    fc.assert(
      fc.property(
        theirFault,
        fc.integer({ min: 1, max: 20 }),
        fc.nat(days),
        (outcome, attempt, ms) => {
          const late = nextStep(outcome, { attempt, failingForMs: 5 * days + ms }, noJitter);
          expect(late).toEqual({ step: 'disable', reason: 'failing' });
          const early = nextStep(outcome, { attempt, failingForMs: 5 * days - 1 }, noJitter);
          expect(early.step).not.toBe('disable');
        },
      ),
    );
  });
});

describe('a Retry-After header', () => {
  const now = new Date('1994-11-06T08:49:07Z');

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['999999999', 999_999_999_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
  ])('may be %j', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  it.each([
    undefined,
    '',
    'soon',
    'in 5 minutes',
    '-5',
    '1.5',
    '1e3',
    '0x10',
    '9999999999',
    '1994-11-06T08:49:37Z',
    'Sun, 99 Nov 1994 08:49:37 GMT',
    'Sun, 06 Xyz 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37',
  ])('that says %j says nothing', (header) => {
    expect(retryAfterMs(header, now)).toBeNull();
  });

  it('never leads to a wait below zero, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const ms = retryAfterMs(header, now);
        expect(ms === null || ms >= 0).toBe(true);
      }),
    );
  });
});
