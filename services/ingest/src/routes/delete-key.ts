import { maySee } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';

export const deleteKey = defineRoute({
  method: 'delete',
  path: '/v1/keys/{keyId}',
  tag: 'Keys',
  summary: 'Revoke an API key',
  description: 'Every process refuses it within seconds.',
  role: 'admin',
  params: idPath('keyId'),
  responses: { 204: { description: 'Revoked.' } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path: { keyId } }) {
    const key = (await context.apiKeys.list()).find(({ id }) => id === keyId);
    if (!key || !maySee(principal, key)) throw new Problem('NOT_FOUND');
    await context.apiKeys.delete(keyId);
    return { status: 204 };
  },
});
