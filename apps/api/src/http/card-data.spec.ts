import { containsCardNumber } from './card-data.js';

describe('what passes as a card number', () => {
  it.each([
    ['as one run', '4242424242424242'],
    ['with spaces', 'card 4242 4242 4242 4242 please'],
    ['with dashes', '5555-5555-5555-4444'],
    ['in full-width digits', '４２４２４２４２４２４２４２４２'],
    ['of fifteen digits', '378282246310005'],
    ['before its date', '4242424242424242 12/28'],
    ['in groups after a year', '2026 4242 4242 4242 4242'],
    ['in eight circled numbers', '㊷'.repeat(8)],
  ])('is found %s', (_form, text) => {
    expect(containsCardNumber(text)).toBe(true);
  });

  it.each([
    ['a number with a wrong check digit', '4242424242424241'],
    ['an order number', 'order-2041'],
    ['a phone number', '+1 555 010 0123'],
    ['a UUID', '42424242-4242-4424-8242-424242424242'],
    ['a time in milliseconds', '1795379063123'],
    ['a short text', '4242 4242'],
  ])('is not seen in %s', (_form, text) => {
    expect(containsCardNumber(text)).toBe(false);
  });

  it.each([
    ['Arabic-Indic', 0x660],
    ['Persian', 0x6f0],
    ['Devanagari', 0x966],
    ['Bengali', 0x9e6],
    ['Thai', 0xe50],
    ['Tai Tham', 0x1a90],
    ['Eastern Pwo Karen', 0x116da],
    ['bold mathematical', 0x1d7ce],
  ])('is found in %s digits', (_script, zero) => {
    const inScript = (number: string) =>
      number.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
    expect(containsCardNumber(inScript('4242424242424242'))).toBe(true);
    expect(containsCardNumber(inScript('6011 0009 9013 9424'))).toBe(true);
    expect(containsCardNumber(inScript('4242424242424241'))).toBe(false);
  });

  it('is found where digits of several scripts stand together', () => {
    expect(containsCardNumber('4242٤٢٤٢۴۲۴۲४२४२')).toBe(true);
  });

  it.each([
    ['hyphens', '\u2010'],
    ['hyphens that do not break', '\u2011'],
    ['figure dashes', '\u2012'],
    ['en dashes', '\u2013'],
    ['em dashes', '\u2014'],
    ['minus signs', '\u2212'],
    ['spaces that do not break', '\u00a0'],
    ['figure spaces', '\u2007'],
    ['narrow spaces that do not break', '\u202f'],
    ['ideographic spaces', '\u3000'],
    ['Ogham spaces', '\u1680'],
    ['spaces of no width', '\u200b'],
    ['soft hyphens', '\u00ad'],
    ['word joiners', '\u2060'],
    ['byte order marks', '\ufeff'],
    ['a space beside an invisible sign', '\u200b \u2060'],
    ['tabs', '\t'],
    ['line feeds', '\n'],
    ['line breaks of Windows', '\r\n'],
    ['line separators', '\u2028'],
  ])('is found with %s between its groups and between its digits', (_name, separator) => {
    expect(containsCardNumber(['4242', '4242', '4242', '4242'].join(separator))).toBe(true);
    expect(containsCardNumber(['3782', '822463', '10005'].join(separator))).toBe(true);
    expect(containsCardNumber([...'4242424242424242'].join(separator))).toBe(true);
    expect(containsCardNumber(['4242', '4242', '4242', '4241'].join(separator))).toBe(false);
  });

  it.each([
    ['goes on in the next line', 'card 4242 4242 4242\n4242 please'],
    ['is cut in half by a line break', '4242 4242\n4242 4242'],
    ['has a line for each group, then its date', '4242\n4242\n4242\n4242\n12/28'],
    ['has a line for each group, then its code', '4242\n4242\n4242\n4242\n123'],
    ['has a last group of three', '6200\t0000\t0000\t0000\t000'],
    ['is a line among others', '5550100123\n4242424242424242\n5550100124'],
    ['is a cell among others', '17\t4242 4242 4242 4242\t2026'],
  ])('is found where it %s', (_form, text) => {
    expect(containsCardNumber(text)).toBe(true);
  });

  it.each([
    ['numbers of eight digits, which are no groups of a card', '42424242\n42424242'],
    ['numbers of other lengths', '424242\t4242424242'],
    ['more lines of four digits than one card has', '4242\n4242\n4242\n4242\n4242'],
    ['a table of four digits in each cell', '4242\t4242\t4242\t4242\n4242\t4242\t4242\t4242'],
    ['more lines of one digit than a number has', [...'42424242424242424242'].join('\n')],
    ['rows of several digits', '4.2.4\n2.4.2\n4.2.4\n2.4.2\n4.2.4'],
    ['lines with an empty line between', '4242 4242\n\n4242 4242'],
    ['phone numbers', '424-242-4242\n424-242-4242'],
    ['phone numbers of ten digits', '4242424242\n4242424242'],
    ['phone numbers with an area code', '4242 424242\n4242 424242'],
    ['international phone numbers', '+42 4242 4242\n+42 4242 4242'],
    ['dates', '4242-42-42\n4242-42-42\t4242-42-42'],
    ['times', '2026-11-23T10:00:00Z\n2026-11-24T10:00:00Z'],
    ['UUIDs', '42424242-4242-4424-8242-424242424242\n42424242-4242-4424-8242-424242424242'],
    ['amounts', '4242.42\n4242.42\n4242.42'],
  ])('is not put together from a list, one in each line or cell, of %s', (_list, text) => {
    expect(containsCardNumber(text)).toBe(false);
  });

  it('is not seen in a UUID with other dashes', () => {
    expect(containsCardNumber('42424242–4242–4424–8242–424242424242')).toBe(false);
  });

  it.each([
    ['at its first digit', 'https://x.example/%34242424242424242'],
    ['at all digits', '%34%32'.repeat(8)],
    ['at a digit of another script', '%E0%A5%AA242424242424242'],
    ['between groups', '4242%204242%E2%80%914242%c2%ad4242'],
    ['before it', 'https://x.example/?a=%204242424242424242'],
    ['twice', 'https://x.example/%2534242424242424242'],
    ['before it, as a percent sign', '%254242424242424242'],
    ['beside what is no encoding', '100% %zz %ff %34242424242424242 %'],
  ])('is found percent-encoded %s', (_place, text) => {
    expect(containsCardNumber(text)).toBe(true);
  });

  it.each([
    ['of other text', 'https://x.example/a%20b%2F%D9%A4?at=2026-11-23%2010%3A00'],
    ['of a number with a wrong check digit', '%34242424242424241'],
    ['that are none', '100%, 42%4 and %'],
  ])('is not seen in percent-encodings %s', (_form, text) => {
    expect(containsCardNumber(text)).toBe(false);
  });

  it('costs little in 100 kB of digits', () => {
    expect(containsCardNumber('8'.repeat(100_000))).toBe(false);
    expect(containsCardNumber('8 '.repeat(50_000))).toBe(false);
    expect(containsCardNumber('4\n'.repeat(50_000))).toBe(false);
    expect(containsCardNumber('%25'.repeat(33_000) + '٨'.repeat(50_000))).toBe(false);
  });
});
