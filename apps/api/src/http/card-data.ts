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
  if (text.length < 13) return false;
  const plain = text.normalize('NFKC').replace(uuid, ' ');
  return (plain.match(digitRun) ?? []).some((run) => hasCardNumber(run.split(/\D/)));
}

/** Looks at all neighbouring groups, since a number may stand beside a date or another number. */
function hasCardNumber(groups: string[]): boolean {
  return groups.some((_group, first) => {
    let digits = '';
    for (let next = first; next < groups.length && digits.length <= longest; next++) {
      digits += groups[next];
      if (isCardNumber(digits)) return true;
    }
    return false;
  });
}

function isCardNumber(digits: string): boolean {
  return (
    digits.length >= shortest &&
    digits.length <= longest &&
    issuers.test(digits) &&
    passesLuhn(digits)
  );
}

/** The check digit of ISO/IEC 7812-1. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = digit * 2;
    sum += place % 2 === 0 ? digit : doubled - (doubled > 9 ? 9 : 0);
  }
  return sum % 10 === 0;
}
