import jsonata from 'jsonata';
import { failureDetail } from './mapping-failure.ts';
import { plainValue, UnfitResult } from './plain-value.ts';

const MAX_SEQUENCE_LENGTH = 1_000_000;
const MAX_TEXT_LENGTH = 4_000_000;
const MAX_COMPILED = 50;

/** JSONata calls what stands under this name after every step. */
const AFTER_STEP = Symbol.for('jsonata.__evaluate_exit');

/**
 * Functions that say something else each time. A delivery is read again while something of it waits, and its grades must then be the
 * ones that they were: as old as `$now()` says, one that was accepted long ago would come again, and win over a newer one.
 */
const UNSTEADY = ['now', 'millis', 'random', 'shuffle'];

/** What a mapping makes of a document: plain JSON, or undefined for nothing. */
export type MappingResult = { ok: true; value: unknown } | { ok: false; detail: string };

export interface RunLimits {
  timeMs: number;
  /** How deep functions may call each other; calls in tail position cost no depth. */
  maxDepth: number;
}

/**
 * Makes a function that runs mappings and keeps them compiled. Its limits hold only for what asks between steps; the process around it
 * ends a step that takes too long, or too much memory.
 */
export function createMappingRunner(limits: RunLimits) {
  const compiled = new Map<string, jsonata.Expression>();
  return async function runMapping(mapping: string, value: unknown): Promise<MappingResult> {
    try {
      let expression = compiled.get(mapping);
      if (!expression) {
        expression = compile(mapping, limits);
        if (compiled.size >= MAX_COMPILED) compiled.clear();
        compiled.set(mapping, expression);
      }
      return { ok: true, value: plainValue(await expression.evaluate(value)) };
    } catch (error) {
      return { ok: false, detail: failureDetail(error, limits) };
    }
  };
}

function compile(mapping: string, { timeMs, maxDepth }: RunLimits): jsonata.Expression {
  const expression = jsonata(mapping, { timeout: timeMs, stack: maxDepth, sequence: MAX_SEQUENCE_LENGTH });
  // Its types know names of variables only; this is the name of a hook.
  expression.assign(AFTER_STEP as unknown as string, refuseLongText);
  for (const name of UNSTEADY) expression.registerFunction(name, () => refuseUnsteady(name));
  return expression;
}

function refuseUnsteady(name: string): never {
  throw new UnfitResult(
    `uses $${name}, which is not the same each time a delivery is read; a grade without a timestamp is dated by when it was received`,
  );
}

/** A text doubled thirty times costs nothing until somebody looks into it; then it is all the memory there is. */
function refuseLongText(_step: unknown, _input: unknown, _environment: unknown, result: unknown): void {
  if (typeof result === 'string' && result.length > MAX_TEXT_LENGTH) {
    throw new UnfitResult('makes a text that is too long');
  }
}
