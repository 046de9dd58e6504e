import { parseLinkHeader } from './link-header.ts';
import type { PlatformAnswer, PlatformRequest, PlatformResponse, SendRequest } from './messages.ts';
import { type Reading, readJson } from './reading.ts';

/**
 * All pages of a list. `truncated`: the list goes on but reading stopped, at the page cap, at the size cap or
 * because a page led back to one already read. `answer` is the page that failed.
 */
export type PagedReading<T> =
  | { ok: true; items: T[]; pages: number; truncated?: boolean }
  | { ok: false; answer: PlatformAnswer; problem: string; reason?: 'ORIGIN_NOT_ALLOWED' };

const DEFAULT_MAX_PAGES = 500;
const MAX_TOTAL_CHARACTERS = 32 * 1024 * 1024;

/**
 * Reads a list page by page along `Link: rel="next"` (AGS 2.0 section 3.2.4). Only links to the first page's
 * own origin are followed: the token must not go elsewhere.
 */
export async function readPages<T>(options: {
  first: PlatformRequest;
  itemsOf: (json: unknown, pageUrl: string) => T[] | undefined;
  send: SendRequest;
  maxPages?: number | undefined;
}): Promise<PagedReading<T>> {
  const { first, itemsOf, send, maxPages = DEFAULT_MAX_PAGES } = options;
  const { origin, href } = new URL(first.url);
  const read = new Set([href]);
  const items: T[] = [];
  let characters = 0;

  for (let url = first.url; ; ) {
    const answer = await send({ ...first, url });
    if (answer.kind === 'noResponse') return { ok: false, answer, problem: answer.detail };
    const page = readPage(answer, url, itemsOf);
    if (!page.ok) return page;
    // Not spread: a page of so many items would not fit the stack.
    for (const item of page.value) items.push(item);
    characters += answer.body.length;

    const next = nextOf(answer, url);
    if (next === undefined) return { ok: true, items, pages: read.size };
    if (new URL(next).origin !== origin)
      return {
        ok: false,
        answer,
        problem: 'the next page is on another origin',
        reason: 'ORIGIN_NOT_ALLOWED',
      };
    if (read.has(next) || read.size >= maxPages || characters > MAX_TOTAL_CHARACTERS)
      return { ok: true, items, pages: read.size, truncated: true };
    read.add(next);
    url = next;
  }
}

function readPage<T>(
  answer: PlatformResponse,
  url: string,
  itemsOf: (json: unknown, pageUrl: string) => T[] | undefined,
): Reading<T[]> {
  const json = readJson(answer);
  if (!json.ok) return json;
  const items = itemsOf(json.value, url);
  return items ? { ok: true, value: items } : { ok: false, answer, problem: 'the answer is not a list' };
}

function nextOf(answer: PlatformResponse, url: string): string | undefined {
  const next = parseLinkHeader(answer.headers.link, url).find(({ rel }) => rel === 'next');
  if (!next) return undefined;
  const target = new URL(next.url);
  target.hash = '';
  return target.href;
}
