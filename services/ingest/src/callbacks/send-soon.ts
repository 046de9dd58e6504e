import type { Context } from '../context.ts';

/** Has what a callback is due sent at once. When that cannot be asked for, it is sent when callbacks are looked after next. */
export async function sendSoon(
  { callbackQueue, logger }: Pick<Context, 'callbackQueue' | 'logger'>,
  callbackId: string,
): Promise<void> {
  try {
    await callbackQueue.enqueue(callbackId);
  } catch (error) {
    logger.warn({ err: error, callbackId }, 'callback not queued, left to the sweeper');
  }
}
