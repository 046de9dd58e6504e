import { describe, expect, it } from 'vitest';
import { checkTargetOrigins, type Target } from './target.ts';

const platform = { serviceOrigins: ['https://lms.example', 'http://127.0.0.1:8900'] };

describe('checkTargetOrigins', () => {
  it.each<[string, Target, string[]]>([
    ['a line item of the platform', { lineItemUrl: 'https://lms.example/items/7' }, []],
    ['however spelled', { lineItemUrl: 'HTTPS://LMS.EXAMPLE:443/items/7' }, []],
    ['by port', { lineItemUrl: 'http://127.0.0.1:8900/items/7' }, []],
    ['another port', { lineItemUrl: 'https://lms.example:8443/items/7' }, ['/target/lineItemUrl']],
    ['another scheme', { lineItemUrl: 'http://lms.example/items/7' }, ['/target/lineItemUrl']],
    ['another host', { lineItemUrl: 'https://lms.example.evil.example/items/7' }, ['/target/lineItemUrl']],
    ['a host below', { lineItemUrl: 'https://sub.lms.example/items/7' }, ['/target/lineItemUrl']],
    [
      'a container elsewhere',
      { lineItemsUrl: 'https://evil.example/items', resourceId: 'quiz' },
      ['/target/lineItemsUrl'],
    ],
    ['a launch, which names no address', { launchId: 'l_1' }, []],
  ])('%s', (_name, target, pointers) => {
    expect(checkTargetOrigins(target, platform).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('says which origins there are', () => {
    const [problem] = checkTargetOrigins({ lineItemUrl: 'https://evil.example/7' }, platform);
    expect(problem?.detail).toBe(
      'is not on an origin of this platform (https://lms.example, http://127.0.0.1:8900)',
    );
  });
});
