import { STATUS_CODES } from 'node:http';
import type { PlatformAnswer, PlatformResponse } from './messages.ts';
import { isHtml, isObject } from './reading.ts';

const MAX_CHARACTERS = 500;
const MAX_CHARACTERS_READ = 20_000;
const MAX_STRINGS = 20;

/**
 * The platform's own words for why it refused: from JSON whatever its shape, else the reason phrase, else the
 * text of the body, at most 500 characters on one line, without markup, tokens or a repeated request body. Empty
 * when it said nothing; our words when there was no answer.
 */
export function vendorMessage(answer: PlatformAnswer): string {
  if (answer.kind === 'noResponse') return answer.detail;
  const json = parsed(answer.body);
  const words = json === undefined ? '' : (wordsIn(json) ?? '');
  return tidy(words) || tidy(reasonOf(answer)) || tidy(textOf(answer)) || tidy(answer.reasonPhrase);
}

// Canvas nests `message` under `errors`, OAuth and Sakai say `error`, Open edX `detail`, Moodle `reason`.
const SEARCHED = ['message', 'error_description', 'detail', 'reason', 'error'];

function wordsIn(json: unknown): string | undefined {
  if (typeof json === 'string') return json;
  if (isObject(json) && typeof json.error === 'string' && typeof json.error_description === 'string')
    return `${json.error}: ${json.error_description}`;
  for (const name of SEARCHED) {
    const found = new Set<string>();
    for (const text of stringsNamed(name, json)) {
      if (found.add(text).size === MAX_STRINGS) break;
    }
    if (found.size > 0) return [...found].join('; ');
  }
  return fieldErrors(json);
}

/** Every string under a name, at any depth a platform would use. Moodle's `request` repeats what we sent, as do extensions. */
function* stringsNamed(name: string, value: unknown, depth = 0): Generator<string> {
  if (depth > 8 || typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === 'request' || URL.canParse(key)) continue;
    if (key === name && typeof member === 'string' && member.trim() !== '') yield member;
    else yield* stringsNamed(name, member, depth + 1);
  }
}

/** `{"timestamp": ["Score already exists for the provided timestamp"]}`, as Open edX validates. */
function fieldErrors(json: unknown): string | undefined {
  if (!isObject(json)) return undefined;
  const fields = Object.entries(json).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string')
      ? [`${name}: ${value.join(' ')}`]
      : [],
  );
  return fields.length > 0 ? fields.join('; ') : undefined;
}

/** The reason phrase, unless it is only the status's name. */
function reasonOf({ reasonPhrase, status }: PlatformResponse): string {
  return reasonPhrase.toLowerCase() === STATUS_CODES[status]?.toLowerCase() ? '' : reasonPhrase;
}

/** The body as text; JSON without words in it, or cut off, says nothing. Of a page, its title and first lines. */
function textOf({ body, truncated }: PlatformResponse): string {
  if (parsed(body) !== undefined || (truncated && /^\s*[{[]/.test(body))) return '';
  const beginning = body.slice(0, MAX_CHARACTERS_READ);
  return isHtml(body) ? beginning.replace(/<(script|style)\b.*?(?:<\/\1\s*>|$)/gis, ' ') : beginning;
}

function tidy(words: string): string {
  const line = words
    .slice(0, MAX_CHARACTERS_READ)
    // Moodle's "Incorrect score received{...}" repeats the posted score, comment included; a page escapes it.
    .replace(/(?<=\S)\s*\{\s*(?:\\?"|&quot;|&#0*34;|&#x0*22;).*$/is, '')
    .replace(/<[/!?a-z][^>]*>?/gi, ' ')
    // A JWT, begun at the start of its word only, so that no word is read twice.
    .replace(/(?<![\w-])(?=[\w-]*?eyJ)[\w-]+(?:\.[\w-]*){1,4}|\b(Bearer)\s+\S+/gi, '$1[token]')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= MAX_CHARACTERS ? line : `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}

function parsed(body: string): unknown {
  // Most answers are a success without a body, and an exception for each would cost more than all else here.
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
