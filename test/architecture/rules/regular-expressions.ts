import ts from 'typescript';
import { parse, type Rule, violation, walk } from '../sources.js';

/** Those that look as if they could go over a text again and again, and why they don't. */
const reviewed: Record<string, string> = {
  '/"(?:[^"\\\\]|\\\\.)*"|[{}[\\],:]/g': 'reads JSON that was parsed before, whose strings all end',
  '/`([^`]+)`/g': 'reads the advice of our own error catalogue',
  '/0+$/': 'reads the decimals of an amount, at most 18',
  '/\\/+$/': 'reads a setting',
  '/\\.0+$/': 'a zero is no dot, so each text begins to match once',
  '/^([A-Z0-9_]+?)__([A-Z0-9]+)$/': 'reads the name of a variable of the environment',
  '/^([^[\\]]+)\\[(.*)\\]$/s': 'the first part ends at the first bracket, wherever it begins',
  '/\\/(\\w+)\\/([A-Z0-9-]+)$/i': 'no part has a slash, so each part begins to match once',
  '/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g': 'no part has a hyphen',
  '/^(?:[a-z0-9.-]+|\\[[0-9a-f:]+\\])(?::\\d{1,5})?$/': 'the two parts begin with other signs',
};

const part = /\\.|\[(?:[^\]\\]|\\.)*\]|\(|\)|[*+?]|\{\d+(?:,\d*)?\}|./gsu;

/** What may make the work grow faster than the text, or `undefined`. */
function slownessOf(literal: string): string | undefined {
  const pattern = literal.slice(1, literal.lastIndexOf('/'));
  const parts = pattern.match(part) ?? [];
  const groups = [0];
  let lastEnd = 0;
  let previous = '';
  let closed = 0;
  for (const [index, text] of parts.entries()) {
    const quantifies = /^[*+?]$|^\{\d/.test(text) && previous !== '(';
    if (text === '(') groups.push(0);
    if (text === ')') closed = groups.pop() ?? 0;
    if (quantifies && previous === ')' && text !== '?' && closed > 0) return 'repeats a repetition';
    const endless = quantifies && /^[*+]$|,\}$/.test(text);
    if (text === ')') groups[groups.length - 1] = (groups.at(-1) ?? 0) + closed;
    if (endless) groups[groups.length - 1] = (groups.at(-1) ?? 0) + 1;
    if (endless) lastEnd = index + 1;
    previous = text;
  }
  if ((groups[0] ?? 0) > 1) return 'has two endless parts';
  const goesOn = parts.slice(lastEnd).some((text) => text !== ')');
  return lastEnd > 0 && goesOn && parts[0] !== '^'
    ? 'begins anywhere and can fail late'
    : undefined;
}

/**
 * No regular expression of the product takes more than linear time, whatever it is given.
 *
 * The rule is stricter than that: it asks for one endless part, not repeated, in an expression that
 * begins with `^` or ends with that part. What else is safe is listed above with its reason.
 */
export const regularExpressions: Rule = (sources) =>
  sources
    .filter(
      ({ path }) => /^(apps\/api|libs)\//.test(path) && !/\.spec\.ts$|\/contract\//.test(path),
    )
    .flatMap((source) => {
      const found: string[] = [];
      walk(parse(source), (node) => {
        if (!ts.isRegularExpressionLiteral(node)) return;
        const slowness = reviewed[node.text] === undefined ? slownessOf(node.text) : undefined;
        if (slowness) found.push(violation(node, `${node.text} ${slowness}`));
      });
      return found;
    });

/** Reviewed expressions that are in no source. */
export const staleReviews: Rule = (sources) => {
  const texts = sources.map(({ text }) => text);
  return Object.keys(reviewed).filter((literal) => !texts.some((text) => text.includes(literal)));
};
