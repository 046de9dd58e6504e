import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { replaySchema, replayView } from '../replays/replay-view.ts';
import { idPath } from '../schemas/common.ts';
import { findReplay } from './get-replay.ts';

export const cancelReplay = defineRoute({
  method: 'delete',
  path: '/v1/replays/{replayId}',
  tag: 'Dead letters',
  summary: 'Cancel a replay',
  description: 'No further score is put back after two seconds at most; those that were stay so.',
  role: 'operate',
  params: idPath('replayId'),
  responses: { 200: { description: 'Cancelled.', schema: replaySchema } },
  problems: ['NOT_FOUND', 'REPLAY_FINISHED'],
  async handle({ context, principal, path: { replayId } }) {
    await findReplay(context, principal, replayId);
    const result = await context.replays.cancel(replayId);
    const replay = await findReplay(context, principal, replayId);
    if (result === 'settled' && replay.status === 'done') throw new Problem('REPLAY_FINISHED');
    return { status: 200, body: await replayView(replay, context) };
  },
});
