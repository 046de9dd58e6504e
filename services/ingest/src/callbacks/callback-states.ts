import type { CallbackView } from '@gradewire/passback';
import { MAX_LABEL_VALUES, OTHER } from '@gradewire/telemetry';
import type { Context } from '../context.ts';

export interface CallbackState {
  callback: string;
  pending: number;
  /** How many of them are disabled: more than one only of several together. */
  disabled: number;
}

const PAGE = 100;

/** How each callback fares; beyond the first by id, and so the same on every ingest, all others as `other`. */
export async function readCallbackStates(
  { callbacks }: Pick<Context, 'callbacks'>,
  max: number = MAX_LABEL_VALUES,
): Promise<CallbackState[]> {
  const states: CallbackState[] = [];
  let cursor: string | undefined;
  do {
    const page = await callbacks.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    states.push(...page.data.map(stateOf));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const rest = states.slice(max);
  if (rest.length === 0) return states;
  return [
    ...states.slice(0, max),
    {
      callback: OTHER,
      pending: rest.reduce((sum, { pending }) => sum + pending, 0),
      disabled: rest.reduce((sum, { disabled }) => sum + disabled, 0),
    },
  ];
}

function stateOf({ id, pending, status }: CallbackView): CallbackState {
  return { callback: id, pending, disabled: status === 'disabled' ? 1 : 0 };
}
