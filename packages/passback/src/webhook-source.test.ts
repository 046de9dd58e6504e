import { describe, expect, it } from 'vitest';
import { parseInput } from './problem.ts';
import { resolveSource, webhookSourceInputSchema } from './webhook-source.ts';

const input = { platformId: 'moodle', scheme: 'github', secrets: ['x'.repeat(20)], adapter: 'gradewire' };
const parse = (change: object) => parseInput(webhookSourceInputSchema, { ...input, ...change });

describe('webhookSourceInputSchema', () => {
  it.each<[string, object]>([
    ['the least', {}],
    ['no secrets, which stay on a replacement', { secrets: undefined }],
    ['two secrets', { secrets: ['one', 'two'] }],
    [
      'a signature of its own',
      { scheme: 'hmac-sha256', signature: { header: 'X-Sig', encoding: 'base64', prefix: 'v0=' } },
    ],
    ['an id of its own', { scheme: 'bearer', deliveryIdHeader: 'X-Delivery-Id' }],
    ['a mapping', { adapter: 'custom', mapping: '{"userId": student}' }],
    ['a target', { target: { launchId: 'la', perAssignment: true } }],
    [
      'defaults',
      {
        defaults: {
          scoreMaximum: 10,
          activityProgress: 'Submitted',
          gradingProgress: 'PendingManual',
          overwrite: 'unlessEdited',
          metadata: { from: 'ci' },
          scoringUserId: '7',
        },
      },
    ],
  ])('takes %s', (_what, change) => {
    expect(parse(change)).toMatchObject({ ok: true });
  });

  it.each<[string, object, string[]]>([
    ['no platform', { platformId: undefined }, ['/platformId']],
    ['an unknown scheme', { scheme: 'sha1' }, ['/scheme']],
    ['an unknown adapter', { adapter: 'canvas' }, ['/adapter']],
    ['no secret in the list', { secrets: [] }, ['/secrets']],
    ['three secrets', { secrets: ['a', 'b', 'c'] }, ['/secrets']],
    ['a secret that is too long', { secrets: ['x'.repeat(513)] }, ['/secrets/0']],
    ['a signature of GitHub, which has its own', { signature: { header: 'X-Sig' } }, ['/signature']],
    [
      'a header that is none',
      { scheme: 'hmac-sha256', signature: { header: 'X Sig' } },
      ['/signature/header'],
    ],
    [
      'an encoding that is none',
      { scheme: 'hmac-sha256', signature: { encoding: 'utf8' } },
      ['/signature/encoding'],
    ],
    ['a prefix with a space', { scheme: 'hmac-sha256', signature: { prefix: 'v0 ' } }, ['/signature/prefix']],
    ['an id of GitHub, which has its own', { deliveryIdHeader: 'X-Id' }, ['/deliveryIdHeader']],
    ['an id of Standard Webhooks', { scheme: 'standard', deliveryIdHeader: 'X-Id' }, ['/deliveryIdHeader']],
    [
      'an id that is the same each time',
      { scheme: 'bearer', deliveryIdHeader: 'Authorization' },
      ['/deliveryIdHeader'],
    ],
    ['a type for an id', { scheme: 'hmac-sha256', deliveryIdHeader: 'content-type' }, ['/deliveryIdHeader']],
    ['no mapping where one is needed', { adapter: 'custom' }, ['/mapping']],
    ['a mapping where none is', { mapping: '$' }, ['/mapping']],
    ['a mapping that is too long', { adapter: 'custom', mapping: 'x'.repeat(16_385) }, ['/mapping']],
    ['a mapping of too many bytes', { adapter: 'custom', mapping: 'ö'.repeat(8_193) }, ['/mapping']],
    ['a foreign member', { name: 'CI' }, ['/name']],
    ['a default that no score has', { defaults: { comment: 'hi' } }, ['/defaults/comment']],
    ['a default no score could have', { defaults: { scoreMaximum: -1 } }, ['/defaults/scoreMaximum']],
  ])('refuses %s', (_what, change, pointers) => {
    const parsed = parse(change);
    expect(parsed.ok ? 'taken' : parsed.problems.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('quotes no secret', () => {
    const parsed = parse({ secrets: ['s3cret'.repeat(100)] });
    expect(JSON.stringify(parsed)).not.toContain('s3cret');
  });
});

describe('resolveSource', () => {
  const resolve = (change: object, createdAt?: string) => {
    const parsed = parse(change);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return resolveSource(parsed.value, Date.parse('2026-11-20T00:00:00Z'), { createdAt });
  };

  it('leaves nothing to default, has no secret and keeps when it was created', () => {
    const now = '2026-11-20T00:00:00.000Z';
    const rest = { platformId: 'moodle', adapter: 'gradewire', defaults: {} };
    expect(resolve({})).toEqual({ ...rest, scheme: 'github', createdAt: now, updatedAt: now });
    expect(resolve({ scheme: 'hmac-sha256' }, '2026-01-01T00:00:00.000Z')).toEqual({
      ...rest,
      scheme: 'hmac-sha256',
      signature: { header: 'X-Signature', encoding: 'hex' },
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: now,
    });
  });

  it('defaults no member of a score that was not given', () => {
    expect(resolve({ defaults: { scoreMaximum: 5 } }).defaults).toEqual({ scoreMaximum: 5 });
  });
});
