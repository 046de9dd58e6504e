import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { bytesSchema } from '../schemas/bytes.ts';
import { receiveWebhook as receive } from '../webhooks/receive.ts';

export const receiveWebhook = defineRoute({
  method: 'post',
  path: '/v1/webhooks/{sourceId}',
  tag: 'Webhooks',
  summary: 'Send a webhook',
  description:
    'Where the sender of a source sends to. Signed as the source says, over the very bytes of the body, which may be of any media type. Answered 202 once it is kept; what it says is read afterwards. The same delivery once more within 24 hours, told by the id that its sender gives it or else by its body, is a duplicate.',
  role: 'open',
  // Whatever stands there: what cannot name a source is refused like one that does not.
  params: z.object({ sourceId: z.string().meta({ description: 'The name of the source.' }) }),
  body: bytesSchema,
  takesBytes: true,
  responses: {
    202: {
      description: 'Kept, now or before.',
      schema: z.object({ deliveryId: z.string(), status: z.enum(['accepted', 'duplicate']) }),
    },
  },
  problems: ['WEBHOOK_REFUSED', 'NOT_DURABLE', 'NOT_REPLICATED'],
  async handle({ context, path: { sourceId }, body, headers }) {
    const { id, duplicate } = await receive(context, sourceId, { headers, body });
    return { status: 202, body: { deliveryId: id, status: duplicate ? 'duplicate' : 'accepted' } };
  },
});
