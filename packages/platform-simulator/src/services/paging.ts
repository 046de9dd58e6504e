import type { PagingRules } from '../profiles/profile.ts';

export interface Page<T> {
  items: T[];
  /** Value of the `Link` header; bytes as Latin-1 characters. */
  link?: string;
}

/**
 * Cuts a list as the query and the profile have it.
 * @param url of the whole list; `limit` and the page parameter are added to it
 */
export function paginate<T>(all: T[], query: URLSearchParams, url: string, rules: PagingRules): Page<T> {
  if (rules.whole) return { items: all };
  const asked = positive(query.get('limit'));
  const limit = Math.min(asked ?? rules.defaultLimit ?? Number.POSITIVE_INFINITY, rules.maxLimit ?? Infinity);
  if (!Number.isFinite(limit)) return { items: all };
  const start =
    rules.parameter === 'page'
      ? ((positive(query.get('page')) ?? 1) - 1) * limit
      : Math.max(0, Number.parseInt(query.get(rules.parameter) ?? '0', 10) || 0);
  const link = linkHeader({ start, limit, total: all.length, query, url, rules });
  const items = all.slice(start, start + limit);
  return link === undefined ? { items } : { items, link };
}

interface Span {
  start: number;
  limit: number;
  total: number;
  query: URLSearchParams;
  url: string;
  rules: PagingRules;
}

function linkHeader(span: Span): string | undefined {
  const { start, limit, total, rules } = span;
  if (rules.link === 'none') return undefined;
  const lastStart = total === 0 ? 0 : Math.floor((total - 1) / limit) * limit;
  const starts: Record<PagingRules['rels'][number], number | undefined> = {
    current: start,
    canonical: start,
    first: 0,
    prev: start > 0 ? Math.max(0, start - limit) : undefined,
    next: start + limit < total ? start + limit : undefined,
    last: lastStart,
  };
  const links = rules.rels.flatMap((rel) => {
    const at = starts[rel];
    return at === undefined ? [] : [formatLink(pageUrl(span, at), rel, rules)];
  });
  return links.length === 0 ? undefined : links.join(rules.link === 'moodle' ? ', ' : ',');
}

function pageUrl({ url, query, limit, rules }: Span, start: number): string {
  const target = new URL(url);
  for (const [name, value] of query) target.searchParams.set(name, value);
  target.searchParams.set('limit', String(limit));
  target.searchParams.set(rules.parameter, String(rules.parameter === 'page' ? start / limit + 1 : start));
  return rules.link === 'relative' ? `${target.pathname}${target.search}` : target.href;
}

function formatLink(url: string, rel: string, rules: PagingRules): string {
  if (rules.link !== 'moodle') return `<${url}>; rel="${rel}"`;
  // Moodle prints HTML-escaped URLs and typographic quotes, as UTF-8 bytes; a header takes bytes as Latin-1.
  return Buffer.from(`<${url.replaceAll('&', '&amp;')}>; rel=“${rel}”`, 'utf8').toString('latin1');
}

function positive(value: string | null): number | undefined {
  if (value === null || !/^\d+$/.test(value)) return undefined;
  return Number(value) > 0 ? Number(value) : undefined;
}
