import type { CallbackView } from '@gradewire/passback';
import { maySee, type Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';

/** A callback that the key may not see is as good as none. @throws Problem `NOT_FOUND` */
export async function findCallback(
  { callbacks }: Pick<Context, 'callbacks'>,
  principal: Principal,
  callbackId: string,
): Promise<CallbackView> {
  const callback = await callbacks.get(callbackId);
  if (!callback || !maySee(principal, callback)) throw new Problem('NOT_FOUND');
  return callback;
}
