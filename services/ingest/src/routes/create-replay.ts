import { z } from 'zod';
import { requirePlatform } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { requireRegistered } from '../platform-ids.ts';
import { countMatching } from '../replays/matching-scores.ts';
import { platformsOf, type ReplayRequest, replayInput } from '../replays/replay-request.ts';
import { replaySchema, replayView } from '../replays/replay-view.ts';

export const createReplay = defineRoute({
  method: 'post',
  path: '/v1/replays',
  tag: 'Dead letters',
  summary: 'Replay many scores',
  description:
    'Puts them back in the background, their attempts afresh. What the gradebook gets is always the newest score of a cell.',
  role: 'operate',
  body: replayInput,
  responses: {
    200: { description: 'With dryRun: only the count.', schema: z.object({ matched: z.int() }) },
    202: { description: 'Under way.', schema: replaySchema },
  },
  problems: ['UNKNOWN_PLATFORM'],
  async handle({ context, principal, body }) {
    const { filter, scoreIds, ratePerSecond, dryRun } = body;
    const request: ReplayRequest = {
      ...(filter && { filter }),
      ...(scoreIds && { scoreIds: [...new Set(scoreIds)] }),
      ...(ratePerSecond !== undefined && { ratePerSecond }),
      beforeMs: context.now(),
    };
    const platformIds = platformsOf(request);
    for (const platformId of platformIds) requirePlatform(principal, platformId);
    await requireRegistered(context, platformIds, filter ? '/filter/platformId' : '/scoreIds');
    const matched = await countMatching(context.reader, request);
    if (dryRun) return { status: 200, body: { matched } };
    const replay = await context.replays.create({ request, matched });
    return {
      status: 202,
      headers: { Location: `/v1/replays/${replay.id}` },
      body: await replayView(replay, context),
    };
  },
});
