import { isObject, type JsonObject, numberIn, sum } from '../json-value.ts';
import { parseJson } from '../parse-json.ts';

export interface Points {
  given: number;
  maximum: number;
}

/**
 * The points that a check run's output tells. `education/autograding` (until 2024) writes `Points 7/10` into summary and text;
 * `autograding-grading-reporter` wrote that into the summary and `{"totalPoints":7,"maxPoints":10}` into the text until October 2024, and
 * since then both into annotations, which a webhook's payload has no room for: it only counts them. GitHub Actions may put its own title
 * and summary in their place, so the text goes first.
 */
export function pointsOfOutput(output: JsonObject): Points | undefined {
  const annotations = Array.isArray(output.annotations) ? output.annotations.filter(isObject) : [];
  const texts = [output.text, output.summary, output.title, ...annotations.map(({ message }) => message)];
  for (const text of texts) {
    const points = typeof text === 'string' ? (pointsOfReport(text) ?? pointsOfSentence(text)) : undefined;
    if (points) return points;
  }
  return undefined;
}

function pointsOfReport(text: string): Points | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  const parsed = parseJson(text);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  return pointsOf(numberIn(parsed.value, 'totalPoints'), numberIn(parsed.value, 'maxPoints'));
}

const NUMBER = String.raw`(\d+(?:\.\d+)?(?:e[+-]?\d+)?)`;
const SENTENCE = new RegExp(String.raw`\bPoints:?\s{1,4}${NUMBER}\s{0,4}/\s{0,4}${NUMBER}`, 'i');

function pointsOfSentence(text: string): Points | undefined {
  const [, given, maximum] = SENTENCE.exec(text) ?? [];
  return pointsOf(Number(given), Number(maximum));
}

function pointsOf(given: number | undefined, maximum: number | undefined): Points | undefined {
  if (given === undefined || maximum === undefined) return undefined;
  // They are added up in binary: 9.999999999999998 is meant to be 10.
  const points = { given: sum([given]), maximum: sum([maximum]) };
  return Number.isFinite(points.given) && Number.isFinite(points.maximum) ? points : undefined;
}
