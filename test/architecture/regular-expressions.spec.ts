import { regularExpressions, staleReviews } from './rules/regular-expressions.js';
import { readSources } from './sources.js';

const project = readSources();
const complaintsAbout = (literal: string) =>
  regularExpressions([
    { path: 'libs/money/src/probe.ts', text: `export const probe = ${literal};` },
  ]);

describe('the work of regular expressions', () => {
  it('grows no faster than the text they read', () => {
    expect(regularExpressions(project)).toEqual([]);
  });

  it('was reviewed for no expression that is gone', () => {
    const others = project.filter(({ path }) => !path.startsWith('test/'));
    expect(staleReviews(others)).toEqual([]);
  });

  it.each([
    ...['/^(a+)+$/', '/^(?:a*b?)*$/', '/^(\\w+\\s?)*$/', '/^(?:(a+)b)+c/', '/^(a|b+){2,}$/'],
    ...['/^\\d+\\d+$/', '/^.*,.*;$/', '/\\s+$/', '/a{2,}b/', '/(x+)y/', '/^(?:[a-z]+){3}$/'],
  ])('would be seen to grow with %s', (literal) => {
    expect(complaintsAbout(literal)).toHaveLength(1);
  });

  it.each([
    ...['/^a+$/', '/[A-Z]+/g', '/^[*+]{1,9}$/', '/\\+b/', '/^(?:[a-z]{4})*=?$/', '/(?:a?b){12,}/'],
    ...['/^a{1,255}$/', '/^(\\d+)$/', '/(?:^|\\.)local$/'],
  ])('is no concern with %s', (literal) => {
    expect(complaintsAbout(literal)).toEqual([]);
  });
});
