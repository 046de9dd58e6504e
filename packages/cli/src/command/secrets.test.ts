import { expect, test } from 'vitest';
import { newSecret, secretFromEnv } from './secrets.ts';

const ones = (bytes: number) => Buffer.alloc(bytes, 0xff);

test('a new secret is written as its scheme writes it', () => {
  expect(newSecret('standard', ones)).toBe(`whsec_${'/'.repeat(42)}8=`);
  expect(newSecret('bearer', ones)).toBe(`${'_'.repeat(42)}8`);
  expect(newSecret('github')).toMatch(/^[\w-]{43}$/);
  expect(newSecret('github')).not.toBe(newSecret('github'));
});

test('a secret of the environment is there or named as missing', () => {
  expect(secretFromEnv({ TOKEN: 'abc' }, 'TOKEN')).toBe('abc');
  for (const env of [{}, { TOKEN: '' }]) {
    expect(() => secretFromEnv(env, 'TOKEN')).toThrow('the variable TOKEN is not set');
  }
});
