import { html, type Reply, text } from '../http/reply.ts';
import type { Platform } from '../platform.ts';
import { PAGE_CSS, PAGE_JS } from './assets.ts';
import { DEFAULT_ROWS, renderGradebook, renderPage } from './render.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The gradebook page and its parts; undefined for every other path. Nothing is loaded from elsewhere. */
export function answerPage(platform: Platform, path: string, query: URLSearchParams): Reply | undefined {
  switch (path) {
    case '/':
      return guarded(html(200, renderPage(factsOf(platform, query))));
    case '/_sim/gradebook.html':
      return guarded(html(200, renderGradebook(factsOf(platform, query))));
    case '/_sim/page.css':
      return guarded(text(200, PAGE_CSS, 'text/css; charset=utf-8'));
    case '/_sim/page.js':
      return guarded(text(200, PAGE_JS, 'text/javascript; charset=utf-8'));
    default:
      return undefined;
  }
}

function factsOf(platform: Platform, query: URLSearchParams) {
  const rows = Number.parseInt(query.get('rows') ?? '', 10);
  const { world, profile } = platform;
  return { world, profileName: profile.name, now: platform.now(), rows: rows > 0 ? rows : DEFAULT_ROWS };
}

function guarded(reply: Reply): Reply {
  const headers = {
    ...reply.headers,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  return { ...reply, headers };
}
