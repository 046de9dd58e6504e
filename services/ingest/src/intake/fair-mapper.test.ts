import { describe, expect, it } from 'vitest';
import { FairMapper } from './fair-mapper.ts';

/** Mappers that take as long as each mapping says, by a clock of their own. */
function fixture() {
  const stop = new AbortController();
  const ran: string[] = [];
  let nowMs = 0;
  const newMapper = (mark: string) => {
    let isRunning = false;
    return {
      async map(mapping: string, value: unknown) {
        if (isRunning) throw new Error('two at once');
        isRunning = true;
        await Promise.resolve();
        nowMs += Number(mapping);
        isRunning = false;
        ran.push(`${value}${mark}`);
        return { ok: true as const, value };
      },
    };
  };
  const monotonic = () => nowMs;
  const mappers = { mapper: newMapper(''), slowMapper: newMapper(' slowly') };
  const fair = new FairMapper({ ...mappers, stop: stop.signal, monotonic });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { fair, ran, stop, pass };
}

describe('FairMapper', () => {
  it('runs one at a time, those of one platform in the order of arrival', async () => {
    const { fair, ran } = fixture();
    const results = await Promise.all(['a1', 'a2', 'a3'].map((name) => fair.map('a', '5', name)));
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(ran).toEqual(['a1', 'a2', 'a3']);
  });

  it('has whoever took the least time go first', async () => {
    const { fair, ran } = fixture();
    const more = ['a1', 'a2', 'a3'].map((name) => fair.map('a', '20', name));
    const less = ['b1', 'b2', 'b3'].map((name) => fair.map('b', '1', name));
    await Promise.all([...more, ...less]);
    expect(ran).toEqual(['a1', 'b1', 'b2', 'b3', 'a2', 'a3']);
  });

  it('has those that take long go their own way, until they are quick again', async () => {
    const { fair, ran } = fixture();
    await fair.map('a', '1250', 'a1');
    await Promise.all([fair.map('a', '1250', 'a2'), fair.map('a', '1250', 'a3'), fair.map('b', '1', 'b1')]);
    for (let n = 4; n <= 12; n += 1) await fair.map('a', '1', `a${n}`);
    expect(ran.slice(0, 4)).toEqual(['a1', 'a2 slowly', 'b1', 'a3 slowly']);
    expect([ran[4], ran.at(-1)]).toEqual(['a4 slowly', 'a12']);
  });

  it('has those that take long come again when there is room for them', async () => {
    const { fair, ran, pass } = fixture();
    await fair.map('a', '1000', 'a1');
    const runs = Array.from({ length: 5 }, (_, n) => fair.map('a', '1000', `a${n + 2}`));
    const settled = await Promise.allSettled([...runs, fair.map('b', '1', 'b1')]);
    const againInMs = settled.flatMap((one) => (one.status === 'rejected' ? one.reason.againInMs : []));
    // As far as is known its mappings take 300 ms on average: a second, after none.
    expect(againInMs).toEqual([300, 600, 900]);
    expect(ran.toSorted()).toEqual(['a1', 'a2 slowly', 'a3 slowly', 'b1']);
    pass(1_000);
    expect(await fair.map('a', '1000', 'a4')).toMatchObject({ ok: true });
    const many = Array.from({ length: 100 }, () => fair.map('a', '1000', ''));
    const last = (await Promise.allSettled(many)).at(-1);
    expect(last).toMatchObject({ reason: { name: 'MapperBusyError', againInMs: 30_000 } });
  });

  it('forgets what was taken long ago', async () => {
    const { fair, ran, pass } = fixture();
    await fair.map('a', '150', 'a1');
    await fair.map('b', '150', 'b1');
    pass(600_000);
    await fair.map('b', '10', 'b2');
    await Promise.all([fair.map('c', '1', 'c1'), fair.map('b', '1', 'b3'), fair.map('a', '1', 'a2')]);
    expect(ran).toEqual(['a1', 'b1', 'b2', 'c1', 'a2', 'b3']);
  });

  it('goes on after a mapping that could not be run', async () => {
    const { stop } = fixture();
    const failing = { map: () => Promise.reject(new Error('no process')) };
    const fair = new FairMapper({ mapper: failing, slowMapper: failing, stop: stop.signal });
    const runs = [fair.map('a', '', 1), fair.map('a', '', 2)];
    for (const { status } of await Promise.allSettled(runs)) expect(status).toBe('rejected');
  });

  it('turns away whoever waits when it is stopped; what runs ends', async () => {
    const { fair, ran, stop } = fixture();
    const runs = [fair.map('a', '1', 'a1'), fair.map('a', '1', 'a2'), fair.map('b', '1', 'b1')];
    stop.abort();
    const settled = await Promise.allSettled([...runs, fair.map('c', '1', 'c1')]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(ran).toEqual(['a1']);
  });
});
