import { type ApiKey, parseCursor } from '@gradewire/passback/redis';
import { z } from 'zod';
import { maySee } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { keySchema } from '../schemas/api-key.ts';
import { pageOf, pageQuery } from '../schemas/common.ts';

export const listKeys = defineRoute({
  method: 'get',
  path: '/v1/keys',
  tag: 'Keys',
  summary: 'List API keys',
  role: 'admin',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of keys, without their secrets.', schema: pageOf(keySchema) } },
  async handle({ context, principal, query: { cursor, limit } }) {
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const keys = (await context.apiKeys.list()).filter(
      (key) => maySee(principal, key) && (!after || isAfter(key, after)),
    );
    const data = keys.slice(0, limit);
    const last = keys.length > limit ? data.at(-1) : undefined;
    return { status: 200, body: { data, ...(last && { nextCursor: cursorAt(last) }) } };
  },
});

function cursorAt({ createdAt, id }: ApiKey): string {
  return Buffer.from(`${Date.parse(createdAt)} ${id}`).toString('base64url');
}

function isAfter({ createdAt, id }: ApiKey, cursor: { atMs: number; id: string }): boolean {
  const atMs = Date.parse(createdAt);
  return atMs > cursor.atMs || (atMs === cursor.atMs && id > cursor.id);
}
