import { hasRole } from '@gradewire/passback';
import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { findRoster } from '../platform-reads/find-roster.ts';
import { reachPlatform } from '../platform-reads/reach-platform.ts';
import { readRoster } from '../platform-reads/read-roster.ts';
import { instant, platformIdSchema } from '../schemas/common.ts';
import { memberSchema } from '../schemas/member.ts';
import { isOneGiven, launchId, membershipsUrl } from '../schemas/place.ts';
import { truncated } from '../schemas/result.ts';

const query = z
  .strictObject({
    platformId: platformIdSchema,
    launchId: launchId.optional(),
    membershipsUrl: membershipsUrl.optional(),
    role: z.string().min(1).max(255).optional().meta({
      description: 'A short name or the whole URI, in any case.',
      example: 'Learner',
    }),
  })
  .refine((given) => isOneGiven([given.launchId, given.membershipsUrl]), {
    path: ['launchId'],
    error: 'must be given, or else membershipsUrl, and not both',
  });

export const listMembers = defineRoute({
  method: 'get',
  path: '/v1/members',
  tag: 'Rosters',
  summary: "List a course's members",
  description:
    'All pages, read from the platform, half a minute ago at the most. What a score needs is a `userId` of these, or something that only one of them has: `user: {email | sourcedId | name}`.',
  role: 'operate',
  query,
  responses: {
    200: {
      description: 'The members, of one role if asked for.',
      schema: z.object({
        data: z.array(memberSchema),
        membershipsUrl: z.string(),
        readAt: instant,
        truncated,
      }),
    },
  },
  problems: [
    'UNKNOWN_PLATFORM',
    'UNKNOWN_LAUNCH',
    'NO_ROSTER',
    'ORIGIN_NOT_ALLOWED',
    'NOT_ON_PLATFORM',
    'PLATFORM_REFUSED',
    'PLATFORM_UNAVAILABLE',
  ],
  async handle({ context, principal, query: { platformId, role, ...place } }) {
    const open = await reachPlatform(context, principal, platformId, '?');
    const url = await findRoster(context, open, place, '?');
    // Platforms pass over a role that they do not know, or spell it otherwise: it is looked at here.
    const { members, complete, readAtMs } = await readRoster(context, open, url);
    const data = role === undefined ? members : members.filter((member) => hasRole(member, role));
    const readAt = new Date(readAtMs).toISOString();
    return {
      status: 200,
      body: { data, membershipsUrl: url, readAt, ...(!complete && { truncated: true }) },
    };
  },
});
