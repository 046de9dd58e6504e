import { callbackInputSchema, callbackProblems } from '@gradewire/passback';
import { maySee, requireWithin } from '../auth.ts';
import { sendSoon } from '../callbacks/send-soon.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { invalid } from '../http/validate.ts';
import { requireRegistered } from '../platform-ids.ts';
import { callbackPath, callbackSchema } from '../schemas/callback.ts';

export const putCallback = defineRoute({
  method: 'put',
  path: '/v1/callbacks/{callbackId}',
  tag: 'Callbacks',
  summary: 'Have an address told what happens, or change how it is told',
  description:
    'Requests are signed as Standard Webhooks says, over `{webhook-id}.{webhook-timestamp}.{body}`. Each holds `{type, timestamp, data}`: of a score what `GET /v1/scores/{scoreId}` shows, without its attempts; of a lane `{platformId, reason, heldUntil?}`; in the form `digest`, `{events: [...]}` of such. Anything but a 2xx is tried again, a 410 disables the callback; putting it enables it. A message can come twice, under the same webhook-id.',
  role: 'admin',
  params: callbackPath,
  body: callbackInputSchema,
  responses: {
    200: { description: 'Replaced, and enabled if it was disabled.', schema: callbackSchema },
    201: { description: 'Created. What happens from now on is told.', schema: callbackSchema },
  },
  problems: ['UNKNOWN_PLATFORM'],
  async handle({ context, principal, path: { callbackId }, body }) {
    requireWithin(principal, body.platformIds);
    const known = await context.callbacks.get(callbackId);
    if (known && !maySee(principal, known)) {
      throw new Problem('FORBIDDEN', { detail: 'The callback of this name is for other platforms.' });
    }
    const problems = callbackProblems(body, context.config);
    if (problems.length > 0) throw invalid(problems);
    await requireRegistered(context, body.platformIds ?? [], '/platformIds');
    const put = await context.callbacks.put(callbackId, body);
    if (put.kind === 'secretRequired') throw invalid([{ pointer: '/secret', detail: 'is required' }]);
    await sendSoon(context, callbackId);
    return { status: put.kind === 'created' ? 201 : 200, body: put.callback };
  },
});
