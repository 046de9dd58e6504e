import { describe, expect, it } from 'vitest';
import { ReplicaWait } from './replica-wait.ts';

describe('ReplicaWait', () => {
  it('asks nothing when no replica is wanted', async () => {
    const wait = async () => Promise.reject(new Error('asked'));
    await new ReplicaWait({ wait, replicas: 0 }).confirm();
  });

  it('shares the next WAIT among those who came during one', async () => {
    const asked: PromiseWithResolvers<number>[] = [];
    const replicaWait = new ReplicaWait({
      replicas: 1,
      wait: () => {
        const pending = Promise.withResolvers<number>();
        asked.push(pending);
        return pending.promise;
      },
    });
    const first = replicaWait.confirm();
    await new Promise((done) => setImmediate(done));
    const later = [replicaWait.confirm(), replicaWait.confirm()];
    await new Promise((done) => setImmediate(done));
    // A WAIT that began before a write says nothing about it, so the later ones have one of their own.
    expect(asked).toHaveLength(1);
    asked[0]!.resolve(1);
    await first;
    await new Promise((done) => setImmediate(done));
    expect(asked).toHaveLength(2);
    asked[1]!.resolve(0);
    const results = await Promise.allSettled(later);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(results[0]).toMatchObject({ reason: { code: 'NOT_REPLICATED' } });
  });

  it('goes on after a WAIT that failed', async () => {
    const answers = [Promise.reject(new Error('Connection is closed.')), Promise.resolve(1)];
    const replicaWait = new ReplicaWait({ replicas: 1, wait: () => answers.shift()! });
    await expect(replicaWait.confirm()).rejects.toThrow('closed');
    await replicaWait.confirm();
  });
});
