import { GradewireError, type IdentityInput, type ProblemItem } from '@gradewire/sdk';
import { expect, test } from 'vitest';
import { storeIdentities } from './store-identities.ts';

const students = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    source: `f.csv:${at + 2}`,
    input: { identity: { github: `user-${at}` }, userId: String(at) },
  }));

const invalid = (errors: ProblemItem[]) =>
  new GradewireError({
    code: 'INVALID',
    message: 'not valid',
    status: 422,
    problem: { type: '', title: '', status: 422, code: 'INVALID', errors },
  });

const stored = (identities: readonly IdentityInput[]) => ({
  platformId: 'm',
  stored: identities.length,
  replayed: 1,
});

test('thousands are stored a thousand at a time', async () => {
  const sizes: number[] = [];
  const seen: number[] = [];
  const result = await storeIdentities(students(2001), {
    put: async (identities) => {
      sizes.push(identities.length);
      return stored(identities);
    },
    onProgress: (done) => seen.push(done),
  });
  expect(sizes).toEqual([1000, 1000, 1]);
  expect(seen).toEqual([1000, 2000, 2001]);
  expect(result).toEqual({ stored: 2001, replayed: 3, problems: [] });
});

test('those that the API names as wrong are told by their line, and the others are stored', async () => {
  const wrong = new Set(['user-1', 'user-3']);
  // Names one at a time, as it may have more to say than fits into an answer.
  const put = async (identities: IdentityInput[]) => {
    const at = identities.findIndex(({ identity }) => 'github' in identity && wrong.has(identity.github));
    if (at >= 0) throw invalid([{ pointer: `/identities/${at}/identity/github`, detail: 'is no login' }]);
    return stored(identities);
  };
  const { problems, ...result } = await storeIdentities(students(5), { put });
  expect(result).toEqual({ stored: 3, replayed: 1 });
  expect(problems).toEqual([
    { source: 'f.csv:3', message: 'identity/github is no login' },
    { source: 'f.csv:5', message: 'identity/github is no login' },
  ]);
});

test.each([
  ['no line of it', invalid([{ pointer: '/platformId', detail: 'is not a platform id' }])],
  ['something else', new GradewireError({ code: 'FORBIDDEN', message: 'no', status: 403 })],
])('a refusal that is about %s is thrown', async (_, error) => {
  await expect(storeIdentities(students(1), { put: () => Promise.reject(error) })).rejects.toBe(error);
});
