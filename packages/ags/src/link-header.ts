export interface Link {
  /** One relation, in lower case. */
  rel: string;
  /** Absolute. */
  url: string;
}

/**
 * Reads a `Link` header (RFC 8288) as platforms write it: relative URLs, several relations in one value, rel
 * unquoted or in typographic quotes and `&amp;` inside the angle brackets (both Moodle). What cannot be read is
 * left out. The URL's case is kept.
 */
export function parseLinkHeader(header: string | undefined, baseUrl: string): Link[] {
  const links: Link[] = [];
  for (const [, target = '', parameters = ''] of (header ?? '').matchAll(LINK)) {
    const address = target.trim().replaceAll('&amp;', '&');
    if (!URL.canParse(address, baseUrl)) continue;
    const url = new URL(address, baseUrl).href;
    for (const rel of relationsOf(parameters)) links.push({ rel, url });
  }
  return links;
}

// The target, then everything up to the next target. Quoted text may hold commas and brackets.
const LINK = /<([^<>]*)>((?:"(?:[^"\\]|\\.)*"|[^<"])*)/g;

const PARAMETER =
  /;\s*([\w!#$&+.^|~*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|['“”„‟‘’«»]([^'“”„‟‘’«»]*)['“”„‟‘’«»]|([^\s;,]+))/g;

function relationsOf(parameters: string): string[] {
  for (const [, name = '', ...values] of parameters.matchAll(PARAMETER)) {
    if (name.toLowerCase() !== 'rel') continue;
    const relations = values.find((value) => value !== undefined) ?? '';
    return relations
      .toLowerCase()
      .split(/\s+/)
      .filter((rel) => rel !== '');
  }
  return [];
}
