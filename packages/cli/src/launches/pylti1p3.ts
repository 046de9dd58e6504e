import {
  CLAIM,
  given,
  type ImportedLaunch,
  type ImportedLaunches,
  type LaunchProblem,
} from './imported-launch.ts';
import { isObject, type JsonDocument } from './json-documents.ts';

/** How deep launches lie in what was exported: in a session, by their keys, maybe as text. */
const MAX_DEPTH = 4;

/** Whether it holds a launch as PyLTI1p3 keeps it: the claims of an id_token by their names. */
export function looksLikePylti1p3(value: unknown): boolean {
  return launchesIn(value).length > 0;
}

/**
 * Reads launch data of PyLTI1p3: the claims of the id_token, as its session or cache keeps them under `lti1p3-launch-…`. One launch,
 * a list, one a line, or a whole session or cache as an object by key; values that are JSON texts are read, what is no launch
 * (nonces, states) is passed over.
 */
export function readPylti1p3(documents: readonly JsonDocument[]): ImportedLaunches {
  const launches: ImportedLaunch[] = [];
  const problems: LaunchProblem[] = [];
  for (const { source, value } of documents) {
    const found = launchesIn(value);
    if (found.length === 0) problems.push({ source, message: 'holds no launch' });
    for (const { key, claims } of found) {
      launches.push({ source: key === '' ? source : `${source} ${key}`, claims: wanted(claims) });
    }
  }
  return { launches, problems };
}

function launchesIn(value: unknown, key = '', depth = 0): { key: string; claims: Record<string, unknown> }[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === 'string')
    return value.startsWith('{') ? launchesIn(parsed(value), key, depth + 1) : [];
  if (Array.isArray(value)) return value.flatMap((each) => launchesIn(each, key, depth + 1));
  if (!isObject(value)) return [];
  if (CLAIM.resourceLink in value || CLAIM.context in value) return [{ key, claims: value }];
  return Object.entries(value).flatMap(([name, each]) => launchesIn(each, name, depth + 1));
}

function wanted(claims: Record<string, unknown>): Record<string, unknown> {
  const { iss, aud, iat } = claims;
  const named = Object.values(CLAIM).map((name) => [name, claims[name]]);
  return given({ iss, aud, iat, ...Object.fromEntries(named) });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
