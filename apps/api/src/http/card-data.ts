const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Digits with at most one separator between two of them, as people write card numbers. */
const digitRun = /\d(?:[ \-._/]?\d){12,}/g;
const shortest = 13;
const longest = 19;
/** How the numbers of the card networks begin. */
const issuers =
  /^(?:4|5[1-5]|2(?:2[2-9]|[3-6]\d|7[01]|720)|3[47]|30[0-5]|3[689]|35|6(?:011|4[4-9]|5|2)|50|5[6-9]|6[037])/;

/**
 * Whether a text contains what passes as a card number: full-width digits and separators included,
 * UUIDs left out.
 */
export function containsCardNumber(text: string): boolean {
  if (text.length < shortest) return false;
  const plain = text.normalize('NFKC').replace(uuid, ' ');
  return (plain.match(digitRun) ?? []).some(hasCardNumber);
}

/** Looks at all neighbouring groups, since a number may stand beside a date or another number. */
function hasCardNumber(run: string): boolean {
  const groups = run.split(/\D/);
  const digits = groups.join('');
  const ends = new Set<number>();
  const starts: number[] = [];
  let at = 0;
  for (const group of groups) {
    starts.push(at);
    at += group.length;
    ends.add(at);
  }
  return starts.some(
    (start) => issuers.test(digits.slice(start, start + 6)) && numberFrom(digits, start, ends),
  );
}

function numberFrom(digits: string, start: number, ends: ReadonlySet<number>): boolean {
  for (let end = start + shortest; end <= start + longest; end++) {
    if (ends.has(end) && passesLuhn(digits, start, end)) return true;
  }
  return false;
}

/** The check digit of ISO/IEC 7812-1. */
function passesLuhn(digits: string, start: number, end: number): boolean {
  let sum = 0;
  for (let at = end - 1, place = 0; at >= start; at--, place++) {
    const digit = digits.charCodeAt(at) - 48;
    const doubled = digit * 2;
    sum += place % 2 === 0 ? digit : doubled - (doubled > 9 ? 9 : 0);
  }
  return sum % 10 === 0;
}
