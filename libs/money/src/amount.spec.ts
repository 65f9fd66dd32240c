import * as fc from 'fast-check';
import { sizes } from '../../../test/support/sizes.js';
import { formatAmount, fromMinor, InvalidAmountError, toMinor } from './index.js';

fc.configureGlobal({ numRuns: sizes.propertyRuns });

const decimals = fc.integer({ min: 0, max: 4 });
const minorUnits = fc.bigInt({ min: 0n, max: 10n ** 15n - 1n });
const smallestDigit = fc.integer({ min: 1, max: 9 });

describe('an amount', () => {
  it('comes back unchanged from minor units', () => {
    fc.assert(
      fc.property(minorUnits, decimals, (minor, scale) => {
        expect(toMinor(fromMinor(minor, scale), scale)).toBe(minor);
      }),
    );
  });

  it('means the same whatever zeros follow it', () => {
    fc.assert(
      fc.property(minorUnits, decimals, fc.integer({ min: 1, max: 10 }), (minor, scale, zeros) => {
        const text = fromMinor(minor, scale);
        const padded = (scale === 0 ? `${text}.` : text) + '0'.repeat(zeros);
        expect(toMinor(padded, scale)).toBe(minor);
      }),
    );
  });

  it('is refused, never rounded, when it has more decimals than its currency', () => {
    fc.assert(
      fc.property(minorUnits, decimals, smallestDigit, (minor, scale, digit) => {
        const text = fromMinor(minor, scale);
        const tooFine = (scale === 0 ? `${text}.` : text) + String(digit);
        expect(() => toMinor(tooFine, scale)).toThrow(InvalidAmountError);
      }),
    );
  });

  it('keeps the order of minor units', () => {
    fc.assert(
      fc.property(minorUnits, minorUnits, decimals, (a, b, scale) => {
        const sum = toMinor(fromMinor(a, scale), scale) + toMinor(fromMinor(b, scale), scale);
        expect(sum).toBe(a + b);
      }),
    );
  });

  it('is written with exactly the decimals of its currency', () => {
    fc.assert(
      fc.property(minorUnits, decimals, (minor, scale) => {
        const fraction = fromMinor(minor, scale).split('.')[1] ?? '';
        expect(fraction).toHaveLength(scale);
      }),
    );
  });

  it('is refused as any text that is not a plain decimal', () => {
    const plain = /^\d{1,15}(\.\d{1,18})?$/;
    fc.assert(
      fc.property(
        fc.string().filter((text) => !plain.test(text)),
        (text) => {
          expect(() => toMinor(text, 2)).toThrow(InvalidAmountError);
        },
      ),
    );
  });

  it.each([
    '',
    '-1',
    '+1',
    '1e3',
    '1,000.00',
    ' 1',
    '1.',
    '.5',
    'NaN',
    'Infinity',
    '0x10',
    '１',
    '1\n',
  ])('is refused as %j', (text) => {
    expect(() => toMinor(text, 2)).toThrow(InvalidAmountError);
  });

  it.each([
    ['10.50', 2, 1050n],
    ['10.5', 2, 1050n],
    ['500', 0, 500n],
    ['500.000', 0, 500n],
    ['5.120', 3, 5120n],
    ['0.01', 2, 1n],
    ['007', 2, 700n],
    ['999999999999999.9999', 4, 9_999_999_999_999_999_999n],
  ])('%s with %i decimals is %s minor units', (text, scale, minor) => {
    expect(toMinor(text, scale)).toBe(minor);
  });

  it.each([
    ['0.5', 0],
    ['10.001', 2],
    ['5.1234', 3],
    ['0.00001', 4],
  ])('%s is too fine for %i decimals', (text, scale) => {
    expect(() => toMinor(text, scale)).toThrow(InvalidAmountError);
  });

  it('does not repeat a long text in its error', () => {
    expect(() => toMinor('9'.repeat(10_000), 2)).toThrow(/^.{0,80}$/);
  });

  it('below zero keeps its sign when written', () => {
    expect(fromMinor(-5n, 2)).toBe('-0.05');
    expect(fromMinor(-1050n, 2)).toBe('-10.50');
  });

  it.each([
    ['10.5000', 2, '10.50'],
    ['500.0000', 0, '500'],
    ['5.1200', 3, '5.120'],
  ])('stored as %s is shown with %i decimals as %s', (stored, scale, shown) => {
    expect(formatAmount(stored, scale)).toBe(shown);
  });
});
