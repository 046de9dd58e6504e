import { isObject, type JsonObject, objectIn, textIn } from './json-value.ts';
import { isSomebody, type Who, whoOf } from './who.ts';

/** The file that a grader writes about one submission, and what was sent along, since the file itself names no student. */
export interface ResultsFile {
  results: unknown;
  who: Who;
  assignment?: string;
  /** When the grade was decided, as it was sent. */
  timestamp?: unknown;
  /** Gradescope's `submission_metadata.json`; empty when it was not sent. */
  metadata: JsonObject;
}

/**
 * Opens what is sent of a grader's file: the envelope `{ results, metadata?, userId | user | identity?, assignment?, timestamp? }`, or the file
 * without one, which may say the same (but for the metadata) in its `extra_data.gradewire`. Several may be sent at once, as a list.
 */
export function openResultsFiles(value: unknown): ResultsFile[] {
  return (Array.isArray(value) ? value : [value]).map(openResultsFile);
}

function openResultsFile(value: unknown): ResultsFile {
  const enveloped = isObject(value) && Object.hasOwn(value, 'results');
  const results = enveloped ? value.results : value;
  const outer = enveloped ? value : {};
  const inner = isObject(results) ? objectIn(objectIn(results, 'extra_data'), 'gradewire') : {};
  const named = isSomebody(whoOf(outer)) ? outer : inner;
  const assignment = textIn(outer, 'assignment') ?? textIn(inner, 'assignment');
  const timestamp = outer.timestamp ?? inner.timestamp;
  return {
    results,
    who: whoOf(named),
    metadata: objectIn(outer, 'metadata'),
    ...(assignment === undefined ? {} : { assignment }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}
