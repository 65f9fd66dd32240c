/** The versions that a caller's header accepts; `undefined` when it accepts every one. */
export type AcceptedVersions = readonly number[] | undefined;

export function entityTagOf(version: number): string {
  return `"${version}"`;
}

/** Compared strongly, as If-Match is: a tag that we never gave, or a weak one, matches no version. */
export function strongVersions(header: string): AcceptedVersions {
  if (header.trim() === '*') return undefined;
  const tags = header.split(',').map((tag) => /^"(\d{1,9})"$/.exec(tag.trim())?.[1]);
  return tags.flatMap((version) => (version === undefined ? [] : [Number(version)]));
}

/** Compared weakly, as If-None-Match is: proxies that compress an answer make its tag a weak one. */
export function weakVersions(header: string): AcceptedVersions {
  return strongVersions(header.replaceAll(/(^|[\s,])W\//g, '$1'));
}
