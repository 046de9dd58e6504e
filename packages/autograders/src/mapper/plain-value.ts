import { MAX_GRADES } from '../reading.ts';

const MAX_DEPTH = 100;
/** Thirty for each of the most grades there may be. */
const MAX_NODES = 300_000;
const MAX_TEXT_LENGTH = 4_000_000;

/** A result that is no plain JSON, or more of it than anybody means to send. */
export class UnfitResult extends Error {}

/**
 * What a mapping gave as plain JSON: JSONata's sequences are arrays with members of their own, its functions are objects. The same
 * object may stand in it a million times, so all is counted as it would be written. Undefined is nothing.
 */
export function plainValue(value: unknown): unknown {
  if (Array.isArray(value) && value.length > MAX_GRADES) {
    throw new UnfitResult(`gives more than ${MAX_GRADES} grades`);
  }
  return copyOf(value, { nodes: MAX_NODES, text: MAX_TEXT_LENGTH }, 0);
}

/** What may still be written. */
interface Budget {
  nodes: number;
  text: number;
}

function copyOf(value: unknown, budget: Budget, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new UnfitResult(`gives something nested deeper than ${MAX_DEPTH} levels`);
  spend(budget, 'nodes', 1);
  switch (typeof value) {
    case 'string':
      spend(budget, 'text', value.length);
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new UnfitResult('gives a number that is too large');
      return value;
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      return value === null ? null : copyOfObject(value, budget, depth);
    default:
      throw new UnfitResult('gives a function');
  }
}

function copyOfObject(value: object, budget: Budget, depth: number): unknown {
  if (Array.isArray(value)) return value.map((item) => copyOf(item, budget, depth + 1) ?? null);
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) throw new UnfitResult('gives a function');
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    spend(budget, 'text', name.length);
    const copy = copyOf(member, budget, depth + 1);
    if (copy !== undefined) members.push([name, copy]);
  }
  return Object.fromEntries(members);
}

function spend(budget: Budget, what: keyof Budget, amount: number): void {
  budget[what] -= amount;
  if (budget[what] < 0) throw new UnfitResult('gives more than anybody has grades');
}
