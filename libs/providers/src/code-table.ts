import type { DeclineCode, RetryAdvice } from './port.words.js';

/** What a refused call is to us, where it is no decline: in the API's own words. */
type RefusalMeaning =
  'provider_rejected' | 'provider_misconfigured' | 'refund_failed' | 'outcome_unknown';

/** One code of a provider and what it means to us. */
export interface CodeRow {
  code: string;
  /** The provider's name for it, where it has one beside the code. */
  name?: string;
  ours: DeclineCode | RefusalMeaning;
  /** What to do after it; absent: there is nothing to advise. */
  retry?: RetryAdvice;
}

/**
 * Rows that mean the same.
 *
 * @param codes separated by blanks
 */
export function codeRows(
  codes: string,
  ours: CodeRow['ours'],
  retry?: RetryAdvice,
): readonly CodeRow[] {
  return codes.split(' ').map((code) => ({ code, ours, retry }));
}

/** The codes of the rows that have this meaning. */
export function codesOf(rows: readonly CodeRow[], ours: CodeRow['ours']): ReadonlySet<string> {
  return new Set(rows.filter((row) => row.ours === ours).map(({ code }) => code));
}

/**
 * What a code means to us that is in no table. Card networks fine a second attempt after some declines: nobody tries
 * again until somebody knows which this one is.
 */
export const unmappedMeaning = ['processing_error', 'never'] as const;
