/**
 * Where scores of a line item are posted: `/scores` goes at the end of the path, the query stays (Moodle's
 * `?type_id=`), the fragment goes (AGS 2.0 section 3.4). Throws a TypeError when it is not an absolute URL.
 */
export function scoresUrl(lineItemUrl: string): string {
  return belowPath(lineItemUrl, 'scores');
}

/**
 * Where the results of a line item are read, optionally of one user or in pages of `limit`. `below` is for platforms
 * that have them elsewhere: what follows `results` in the path.
 */
export function resultsUrl(
  lineItemUrl: string,
  filter: { userId?: string | undefined; limit?: number | undefined; below?: string | undefined } = {},
): string {
  const path = filter.below === undefined ? 'results' : `results/${encodeURIComponent(filter.below)}`;
  return withQuery(belowPath(lineItemUrl, path), { user_id: filter.userId, limit: filter.limit });
}

/**
 * One spelling for one line item: lower-case scheme and host, no default port, no fragment, no slash at the end
 * of the path. The query is kept, it can be what tells two line items apart.
 */
export function normalizeLineItemUrl(lineItemUrl: string): string {
  const url = new URL(lineItemUrl);
  return `${url.origin}${trimmedPath(url)}${url.search}`;
}

/**
 * Merges parameters into a URL's query. Those already there keep their spelling, one of the same name is
 * replaced, undefined ones are left out.
 */
export function withQuery(address: string, parameters: Record<string, string | number | undefined>): string {
  const added = Object.entries(parameters).filter(([, value]) => value !== undefined);
  if (added.length === 0) return address;
  const url = new URL(address);
  const names = new Set(added.map(([name]) => name));
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !names.has(nameOf(pair)));
  const pairs = added.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(`${value}`)}`);
  url.search = `?${[...kept, ...pairs].join('&')}`;
  return url.href;
}

function belowPath(lineItemUrl: string, segment: string): string {
  const url = new URL(lineItemUrl);
  return `${url.origin}${trimmedPath(url)}/${segment}${url.search}`;
}

function trimmedPath(url: URL): string {
  return url.pathname.replace(/\/+$/, '');
}

function nameOf(pair: string): string {
  return new URLSearchParams(`&${pair}`).keys().next().value ?? '';
}
