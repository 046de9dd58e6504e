import type { Replay } from '@gradewire/passback/redis';
import { mayUse, type Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { platformsOf, type ReplayRequest } from '../replays/replay-request.ts';
import { replaySchema, replayView } from '../replays/replay-view.ts';
import { idPath } from '../schemas/common.ts';

/** A replay of other platforms is as good as none. @throws Problem `NOT_FOUND` */
export async function findReplay(
  { replays }: Pick<Context, 'replays'>,
  principal: Principal,
  replayId: string,
): Promise<Replay> {
  const replay = await replays.get(replayId);
  const platformIds = replay ? platformsOf(replay.request as ReplayRequest) : [];
  if (!replay || !platformIds.every((id) => mayUse(principal, id))) throw new Problem('NOT_FOUND');
  return replay;
}

export const getReplay = defineRoute({
  method: 'get',
  path: '/v1/replays/{replayId}',
  tag: 'Dead letters',
  summary: 'How far a replay is',
  role: 'operate',
  params: idPath('replayId'),
  responses: { 200: { description: 'The replay.', schema: replaySchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path }) {
    const replay = await findReplay(context, principal, path.replayId);
    return { status: 200, body: await replayView(replay, context) };
  },
});
