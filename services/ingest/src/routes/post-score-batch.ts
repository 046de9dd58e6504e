import { randomBytes } from 'node:crypto';
import { batchInputSchema } from '@gradewire/passback';
import { z } from 'zod';
import { MAX_BATCH_BYTES } from '../http/read-body.ts';
import { defineRoute, type Reply } from '../http/route.ts';
import { problemSchema } from '../schemas/common.ts';
import { acceptBatch, commonFailure } from '../scores/accept-batch.ts';
import { answerOnce } from '../scores/answer-once.ts';
import { readIdempotency } from '../scores/idempotency.ts';

const batchAnswer = z
  .object({
    batchId: z.string(),
    accepted: z.int(),
    rejected: z.int(),
    results: z.array(
      z.object({
        index: z.int(),
        status: z.int().meta({ description: 'As HTTP would say: 202 when accepted.' }),
        id: z.string().optional(),
        problem: problemSchema.optional(),
      }),
    ),
  })
  .meta({ id: 'BatchAnswer' });

export const postScoreBatch = defineRoute({
  method: 'post',
  path: '/v1/scores/batch',
  tag: 'Scores',
  summary: 'Send up to 1,000 scores',
  description: 'Good scores are accepted whatever the others are; the answer says which. Up to 16 MiB.',
  role: 'submit',
  body: batchInputSchema,
  maxBodyBytes: MAX_BATCH_BYTES,
  idempotent: true,
  submission: true,
  responses: { 200: { description: 'What became of each score, in order.', schema: batchAnswer } },
  problems: ['IDEMPOTENCY_MISMATCH', 'IDEMPOTENCY_IN_FLIGHT', 'NOT_DURABLE', 'NOT_REPLICATED'],
  async handle({ context, principal, body, rawBody, headers }) {
    const idempotency = readIdempotency(headers, principal, 'POST /v1/scores/batch', rawBody);
    const isFinal = ({ body: answer }: Reply) =>
      (answer as z.output<typeof batchAnswer>).results.every(({ status }) => status < 500);
    return answerOnce(context.batches, idempotency, { whileInFlight: 'refuse', isFinal }, async () => {
      const batchId = `bt_${randomBytes(12).toString('base64url')}`;
      let saved = '';
      // Saved before any score is accepted: a store that is full by then must not refuse a batch whose scores it took.
      const save = async (ids: readonly string[]) => {
        await context.batches.save(batchId, ids);
        saved = ids.join();
      };
      const results = await acceptBatch(context, principal, body.scores, idempotency, save);
      const failure = commonFailure(results);
      if (failure) {
        await context.batches.forget(batchId).catch(() => undefined);
        throw failure;
      }
      for (const { problem } of results)
        if (problem) context.metrics.scoresRejected.inc({ code: problem.code });
      const ids = results.flatMap(({ id }) => (id === undefined ? [] : [id]));
      if (ids.join() !== saved) await save(ids);
      return {
        status: 200,
        body: { batchId, accepted: ids.length, rejected: results.length - ids.length, results },
      };
    });
  },
});
