const invisible = /\p{Default_Ignorable_Code_Point}/gu;
const dash = /[\p{Pd}\u2212]/gu;
const space = /\p{Zs}/gu;
const lineBreak = /\r\n|[\r\v\f\x85\u2028\u2029]/g;
const foreignDigit = /[^\P{Nd}0-9]/gu;
const decimal = /^\p{Nd}$/u;
const known = new Map<string, string>();

/** The text with one sign for all that look or mean alike: digits, dashes, spaces and line breaks; without what is invisible. */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(invisible, '')
    .replace(dash, '-')
    .replace(space, ' ')
    .replace(lineBreak, '\n')
    .replace(foreignDigit, asciiDigit);
}

function asciiDigit(digit: string): string {
  const value = known.get(digit) ?? valueOf(digit);
  known.set(digit, value);
  return value;
}

/** Unicode keeps the ten digits of a script in a row, from zero on; two such rows may be neighbours. */
function valueOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = code - 1;
  while (decimal.test(String.fromCodePoint(before))) before--;
  return String((code - before - 1) % 10);
}
