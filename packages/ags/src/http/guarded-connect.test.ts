import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { publicOnly } from './guarded-connect.ts';

function resolve(found: LookupAddress[], all: boolean) {
  const lookup: LookupFunction = (_host, options, callback) => {
    expect(options.all).toBe(true);
    callback(null, found);
  };
  return new Promise((settle) => {
    publicOnly(lookup)('lms.example', { all }, (error, address, family) =>
      settle(error ? { code: error.code } : all ? address : { address, family }),
    );
  });
}

const open4 = { address: '8.8.8.8', family: 4 };
const open6 = { address: '2606:4700::1111', family: 6 };
const inner = { address: '10.0.0.1', family: 4 };
const mapped = { address: '::ffff:127.0.0.1', family: 6 };

describe('publicOnly', () => {
  it('leaves private addresses out', async () => {
    expect(await resolve([inner, open6, mapped, open4], true)).toEqual([open6, open4]);
    expect(await resolve([inner, open4], false)).toEqual(open4);
  });

  it.each([[[inner]], [[mapped, inner]], [[]]])(
    'fails when no public address is left of %j',
    async (found) => {
      expect(await resolve(found, true)).toEqual({ code: 'PRIVATE_ADDRESS' });
      expect(await resolve(found, false)).toEqual({ code: 'PRIVATE_ADDRESS' });
    },
  );

  it('passes a failed lookup on', async () => {
    const failure = Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    const lookup: LookupFunction = (_host, _options, callback) => callback(failure, '');
    const seen = await new Promise((settle) => publicOnly(lookup)('lms.example', {}, settle));
    expect(seen).toBe(failure);
  });
});
