import type { ResendQuery } from '@gradewire/passback/redis';
import type { Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import type { Reply } from '../http/route.ts';
import { findCallback } from './find-callback.ts';
import { sendSoon } from './send-soon.ts';

const REFUSAL = { notFound: 'NOT_FOUND', disabled: 'CALLBACK_DISABLED' } as const;

/** Has a callback sent again what `query` names. @throws Problem `NOT_FOUND` or `CALLBACK_DISABLED` */
export async function resend(
  context: Pick<Context, 'callbacks' | 'callbackQueue' | 'logger'>,
  principal: Principal,
  callbackId: string,
  query: ResendQuery,
): Promise<Reply> {
  await findCallback(context, principal, callbackId);
  const resent = await context.callbacks.resend(callbackId, query);
  if (resent.kind !== 'resent') throw new Problem(REFUSAL[resent.kind]);
  await sendSoon(context, callbackId);
  return { status: 202, body: { resent: resent.count } };
}
