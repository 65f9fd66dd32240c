import { plainText } from './plain-text.js';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Digits with at most one separator between two of them, as people write card numbers. */
const digitRun = /\d(?:[ \-._/\t\n]?\d){12,}/g;
const shortest = 13;
const longest = 19;
/** How the numbers of the card networks begin. */
const issuers =
  /^(?:4|5[1-5]|2(?:2[2-9]|[3-6]\d|7[01]|720)|3[47]|30[0-5]|3[689]|35|6(?:011|4[4-9]|5|2)|50|5[6-9]|6[037])/;
const cellBreak = /[\t\n]/;
/** The groups that cards show, or digit by digit. */
const groupsOfOne =
  /^(?:(?:\d{4}\D){3,4}\d{1,4}|3\d{3}\D\d{6}\D\d{4,5}|\d(?:\n\d){12,18}|\d(?:\t\d){12,18})$/;
/** An address in an address is encoded twice. */
const mostEncodings = 2;

/**
 * Whether a text contains what passes as a card number: digits and separators of all scripts and
 * percent-encodings included, UUIDs left out.
 */
export function containsCardNumber(text: string): boolean {
  let form = text;
  for (let decoded = 0; decoded < mostEncodings && form.includes('%'); decoded++) {
    if (showsCardNumber(form)) return true;
    form = percentDecoded(form);
  }
  return showsCardNumber(form);
}

/** Unlike `decodeURIComponent` it takes what is no encoding as it is. */
function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (encoded) =>
    Buffer.from(encoded.replaceAll('%', ''), 'hex').toString(),
  );
}

function showsCardNumber(text: string): boolean {
  if (!mayHaveDigits(text)) return false;
  const plain = plainText(text).replace(uuid, ' ');
  return (plain.match(digitRun) ?? []).some(hasCardNumber);
}

/** Few texts need a closer look: those with enough digits, and those in which others may stand for digits. */
function mayHaveDigits(text: string): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return true;
    if (code >= 48 && code <= 57) digits++;
  }
  return digits >= shortest;
}

/** Looks at all neighbouring groups, since a number may stand beside a date or another number. */
function hasCardNumber(run: string): boolean {
  const groups = run.split(/\D/);
  const digits = groups.join('');
  const starts: number[] = [];
  const lines: number[] = [];
  const lastGroups = new Map<number, number>();
  let at = 0;
  let line = 0;
  for (const [index, group] of groups.entries()) {
    starts.push(at);
    lines.push(line);
    at += group.length;
    lastGroups.set(at, index);
    if (cellBreak.test(run.charAt(at + index))) line++;
  }
  const isNumber = (first: number, last: number, start: number, end: number) => {
    const inOneLine = lines[first] === lines[last];
    if (!inOneLine && !standsAlone(groups, first, last)) return false;
    if (!passesLuhn(digits, start, end)) return false;
    return inOneLine || groupsOfOne.test(run.slice(start + first, end + last));
  };
  return starts.some((start, first) => {
    if (!issuers.test(digits.slice(start, start + 6))) return false;
    for (let end = start + shortest; end <= start + longest; end++) {
      const last = lastGroups.get(end);
      if (last !== undefined && isNumber(first, last, start, end)) return true;
    }
    return false;
  });
}

/** Beside a list of numbers there is another of them; beside a card number a date or a code, which are shorter. */
function standsAlone(groups: readonly string[], first: number, last: number): boolean {
  const length = groups[first]?.length ?? 0;
  return (groups[first - 1]?.length ?? 0) < length && (groups[last + 1]?.length ?? 0) < length;
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
