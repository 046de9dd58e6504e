import { platformOfScore } from '@gradewire/passback/redis';
import { mayUse, type Principal } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';
import { scoreView } from '../schemas/score-view.ts';

/** A score of a platform that the key is not for is as good as none. @throws Problem `NOT_FOUND` */
export function requireScore(principal: Principal, scoreId: string): string {
  const platformId = platformOfScore(scoreId);
  if (platformId === undefined || !mayUse(principal, platformId)) throw new Problem('NOT_FOUND');
  return platformId;
}

export const getScore = defineRoute({
  method: 'get',
  path: '/v1/scores/{scoreId}',
  tag: 'Scores',
  summary: 'Read a score back',
  role: 'submit',
  params: idPath('scoreId'),
  responses: { 200: { description: 'The score and what became of it.', schema: scoreView } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path }) {
    requireScore(principal, path.scoreId);
    const score = await context.reader.get(path.scoreId);
    if (!score) throw new Problem('NOT_FOUND');
    return { status: 200, body: score };
  },
});
