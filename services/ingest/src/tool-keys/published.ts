import type { IncomingHttpHeaders } from 'node:http';
import { KEY_SET_MAX_AGE_MS } from '@gradewire/passback';
import { etagOf, isKnownTag } from '../http/etag.ts';
import type { Reply } from '../http/route.ts';

/**
 * An answer with public keys: caches may keep it for as long as a rotation reckons with, and ask afterwards whether it has
 * changed, at the price of a 304.
 */
export function publishedReply(body: string, contentType: string, headers: IncomingHttpHeaders): Reply {
  const etag = etagOf(body);
  const caching = { 'Cache-Control': `public, max-age=${KEY_SET_MAX_AGE_MS / 1_000}`, ETag: etag };
  if (isKnownTag(headers['if-none-match'], etag)) return { status: 304, headers: caching };
  return { status: 200, headers: { ...caching, 'Content-Type': `${contentType}; charset=utf-8` }, body };
}
