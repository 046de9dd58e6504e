import { describe, expect, it } from 'vitest';
import { type DurabilityFacts, judgeDurability } from './durability.ts';
import { DurabilityWatch } from './durability-watch.ts';
import { parseInfo, readDurability } from './read-durability.ts';

const safe: DurabilityFacts = {
  appendOnly: true,
  appendFsync: 'always',
  noAppendFsyncOnRewrite: false,
  maxMemoryPolicy: 'noeviction',
  connectedReplicas: 0,
};

describe('judgeDurability', () => {
  it.each([
    ['fsync always', {}, 'always', []],
    ['fsync every second', { appendFsync: 'everysec' }, 'everysec', []],
    ['fsync left to the system', { appendFsync: 'no' }, 'no', []],
    ['no log', { appendOnly: false }, 'none', []],
    ['no log, so nothing to stop', { appendOnly: false, noAppendFsyncOnRewrite: true }, 'none', []],
    ['an evicting one', { maxMemoryPolicy: 'allkeys-lru' }, 'always', ['maxmemory-policy']],
    ['one that evicts what has a life', { maxMemoryPolicy: 'volatile-ttl' }, 'always', ['maxmemory-policy']],
    [
      'one that stops fsync during rewrites',
      { noAppendFsyncOnRewrite: true },
      'always',
      ['no-appendfsync-on-rewrite'],
    ],
    ['too few replicas', { connectedReplicas: 1 }, 'always', ['replicas']],
  ] as const)('%s', (name, change, mode, refused) => {
    const judged = judgeDurability({ ...safe, ...change }, name === 'too few replicas' ? 2 : 0);
    expect(judged.mode).toBe(mode);
    expect(judged.refusals).toHaveLength(refused.length);
    for (const [i, word] of refused.entries()) expect(judged.refusals[i]).toContain(word);
  });

  it('does not hold against Redis what it does not tell', () => {
    expect(judgeDurability({}, 2)).toEqual({ mode: 'unknown', refusals: [] });
  });
});

describe('readDurability', () => {
  const info: Record<string, string> = {
    persistence: '# Persistence\r\naof_enabled:1\r\n',
    memory: '# Memory\r\nmaxmemory_policy:allkeys-lru\r\n',
    replication: '# Replication\r\nconnected_slaves:2\r\n',
  };

  it('still knows the log and the eviction policy where CONFIG is forbidden', async () => {
    const facts = await readDurability({
      info: async (section) => info[section]!,
      config: async () => Promise.reject(new Error("ERR unknown command 'CONFIG'")),
    });
    expect(facts).toEqual({ appendOnly: true, maxMemoryPolicy: 'allkeys-lru', connectedReplicas: 2 });
  });

  it('passes on that Redis is away', async () => {
    const gone = async () => Promise.reject(new Error('Connection is closed.'));
    await expect(readDurability({ info: gone, config: gone })).rejects.toThrow('closed');
  });

  it('reads INFO line by line', () => {
    expect([...parseInfo('# A\r\nb:c:d\r\n\r\ne:\r\n')]).toEqual([
      ['b', 'c:d'],
      ['e', ''],
    ]);
  });
});

describe('DurabilityWatch', () => {
  it('looks once for all who ask, and again after five seconds', async () => {
    let nowMs = 0;
    let looks = 0;
    const watch = new DurabilityWatch({
      now: () => nowMs,
      read: async () => {
        looks += 1;
        return judgeDurability(safe, 0);
      },
    });
    await Promise.all([watch.current(), watch.current(), watch.requireDurable()]);
    expect(looks).toBe(1);
    nowMs = 4_999;
    await watch.current();
    expect(looks).toBe(1);
    nowMs = 5_000;
    await watch.current();
    expect(looks).toBe(2);
  });

  it('refuses with what has to be changed, and forgets a failed look', async () => {
    const answers = [
      Promise.reject(new Error('Connection is closed.')),
      Promise.resolve(judgeDurability({ ...safe, maxMemoryPolicy: 'allkeys-lru' }, 0)),
    ];
    const watch = new DurabilityWatch({ read: () => answers.shift()! });
    await expect(watch.requireDurable()).rejects.toThrow('closed');
    await expect(watch.requireDurable()).rejects.toMatchObject({
      code: 'NOT_DURABLE',
      message: expect.stringContaining('maxmemory-policy'),
    });
  });
});
