import type { AdapterSettings, Reading } from './grade.ts';
import { isObject, type JsonObject, textIn } from './json-value.ts';
import { type Found, failed, named, problem, readingOf } from './reading.ts';
import { whoOf } from './who.ts';

/**
 * Reads Gradewire's own shape, which mappings give too: a score with the fields of `POST /v1/scores`, a list of them, `{ scores: [...] }`, or
 * any of those as `data` of a Standard Webhooks envelope. Who it is about is `userId`, `user` or `identity`; `assignment` is the name of what
 * was graded; all else stays as it is, unchecked. In an envelope `timestamp` is when it happened: that of each score that has none of its
 * own, so that a delivery that comes late does not win.
 */
export function readScores(value: unknown, settings: AdapterSettings = {}): Reading {
  if (value === undefined) {
    return failed('the mapping gives nothing', 'Let it give [] for what is no matter of grades.');
  }
  const { content, timestamp } = unwrapped(value);
  const list = isObject(content) && Array.isArray(content.scores) ? content.scores : content;
  if (!Array.isArray(list) && !isObject(list)) return failed('is neither a score nor a list of scores');
  const found = [list].flat().map((item) => foundOf(item, timestamp));
  return readingOf(found, settings);
}

function unwrapped(value: unknown): { content: unknown; timestamp?: string } {
  if (!isObject(value) || typeof value.type !== 'string' || !('data' in value)) return { content: value };
  return {
    content: value.data,
    ...(typeof value.timestamp === 'string' ? { timestamp: value.timestamp } : {}),
  };
}

function foundOf(item: unknown, timestamp: string | undefined): Found {
  if (!isObject(item)) return problem('is not an object');
  const { userId: _userId, user: _user, identity: _identity, ...rest } = item;
  const { assignment, fields } = withoutAssignment(rest);
  return {
    ...whoOf(item),
    ...named(assignment),
    fields: timestamp === undefined ? fields : { timestamp, ...fields },
  };
}

/** An assignment that is no name stays a field, to be refused as one. */
function withoutAssignment(members: JsonObject): { assignment?: string; fields: JsonObject } {
  const assignment = textIn(members, 'assignment');
  if (assignment === undefined) return { fields: members };
  const { assignment: _, ...fields } = members;
  return { assignment, fields };
}
