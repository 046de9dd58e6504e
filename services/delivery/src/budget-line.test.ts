import { describe, expect, it } from 'vitest';
import { BudgetLine } from './budget-line.ts';

const { signal } = new AbortController();
const patient = { hasBegun: false, patienceMs: 60_000, signal };

/** A line in which as many ask as may. */
async function fullLine(): Promise<{ line: BudgetLine; asking: number }> {
  const line = new BudgetLine();
  let asking = 0;
  while (await line.enter({ ...patient, patienceMs: 1 })) asking += 1;
  return { line, asking };
}

describe('BudgetLine', () => {
  it('lets a few ask at once, the others in order, and who has begun before who has not', async () => {
    const { line, asking } = await fullLine();
    expect(asking).toBe(8);
    const order: string[] = [];
    const come = async (name: string, hasBegun: boolean) => {
      expect(await line.enter({ ...patient, hasBegun })).toBe(true);
      order.push(name);
      line.leave();
    };
    const all = [come('a', false), come('b', false), come('begun', true), come('c', false)];
    expect(order).toEqual([]);
    line.leave();
    await Promise.all(all);
    expect(order).toEqual(['begun', 'a', 'b', 'c']);
    for (let i = 1; i < asking; i++) {
      expect(line.isEmpty).toBe(false);
      line.leave();
    }
    expect(line.isEmpty).toBe(true);
  });

  it('is left by who has waited long enough, or is to stop', async () => {
    const { line } = await fullLine();
    const stop = new AbortController();
    const impatient = line.enter({ ...patient, patienceMs: 1 });
    const stopped = line.enter({ ...patient, hasBegun: true, signal: stop.signal });
    const last = line.enter(patient);
    expect(await impatient).toBe(false);
    stop.abort();
    expect(await stopped).toBe(false);
    expect(await line.enter({ ...patient, signal: stop.signal })).toBe(false);
    line.leave();
    expect(await last).toBe(true);
  });

  it('pauses for so long, and one no longer than until something is given back', async () => {
    const line = new BudgetLine();
    await line.pause(1, signal);
    const stop = new AbortController();
    const woken = line.pause(60_000, signal);
    const stopped = line.pause(60_000, stop.signal);
    line.wake();
    await woken;
    stop.abort();
    await stopped;
    line.wake();
  });
});
