import { expect, test } from 'vitest';
import { PROFILES } from '../profiles/profiles.ts';
import { createSimulator } from '../simulator.ts';
import { FakeTool } from '../testing/fake-tool.ts';

const MINUTE = 60_000;

test.each([
  ['is read again at its age', 'ageOnly', false],
  ['is read again for a kid that is not there as well', 'unknownKid', true],
] as const)('a cached key set %s', async (_, keySet, reloads) => {
  let now = Date.now();
  await using tool = await FakeTool.start();
  const { generic } = PROFILES;
  await using simulator = await createSimulator({
    profile: { ...generic, token: { ...generic.token, keySet, keySetLifeMs: 5 * MINUTE } },
    tool: { jwksUrl: tool.jwksUrl },
    now: () => now,
  });
  const granted = async () =>
    (await tool.askToken(simulator, await tool.assertion(simulator))).status === 200;

  expect([await granted(), await granted(), tool.jwksRequests]).toEqual([true, true, 1]);
  await tool.useNewKey();
  expect(await granted()).toBe(reloads);
  now += 5 * MINUTE - 1;
  simulator.setClockSkew(Date.now() - now);
  const before = tool.jwksRequests;
  expect([await granted(), tool.jwksRequests - before]).toEqual([reloads, 0]);
  now += 1;
  simulator.setClockSkew(Date.now() - now);
  expect([await granted(), tool.jwksRequests - before]).toEqual([true, 1]);
});
