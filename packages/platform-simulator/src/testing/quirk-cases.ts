import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatorOptions } from '../options.ts';
import type { Quirk } from '../profiles/quirks/quirk.ts';
import type { QUIRKS, Quirks } from '../profiles/quirks/quirks.ts';
import { createSimulator, type Simulator } from '../simulator.ts';
import { Client, FakeTool } from './fake-tool.ts';

/** A simulator with at most one quirk, and a tool that may use it. */
export interface Bench {
  simulator: Simulator;
  tool: FakeTool;
  client: Client;
  courseId: string;
  lineItemsUrl: string;
  membershipsUrl: string;
  /** Of the course's one resource link. */
  item: string;
}

/** What a probe of the platform shows without the quirk, and with each of its values. */
interface Case<Value extends string | number> {
  probe: (bench: Bench) => Promise<unknown>;
  plain: unknown;
  values: Record<Value, unknown>;
  options?: SimulatorOptions;
}

type Cases<Group> = {
  [Name in keyof Group]: Group[Name] extends Quirk<infer Value> ? Case<Value> : never;
};

/** Probes `generic` as it is and with each value of each quirk, over HTTP. */
export function testQuirks<Group extends Partial<typeof QUIRKS>>(_group: Group, cases: Cases<Group>): void {
  let tool: FakeTool;
  beforeAll(async () => {
    tool = await FakeTool.start();
  });
  afterAll(async () => {
    await tool[Symbol.asyncDispose]();
  });
  const probe = async ({ probe: look, options }: Case<string>, quirks: Quirks): Promise<unknown> => {
    await using simulator = await createSimulator({ ...options, tool: { jwksUrl: tool.jwksUrl }, quirks });
    const [course] = simulator.courses;
    const audience = { aud: quirks.audRule === 'fixed' ? FIXED_AUDIENCE : simulator.registration.tokenUrl };
    const answer = await tool.askToken(simulator, await tool.assertion(simulator, audience));
    return await look({
      simulator,
      tool,
      client: new Client((JSON.parse(answer.body) as { access_token: string }).access_token),
      courseId: course!.id,
      lineItemsUrl: course!.lineItemsUrl,
      membershipsUrl: course!.membershipsUrl,
      item: course!.resourceLinks[0]?.lineItemUrl ?? '',
    });
  };
  for (const [name, each] of Object.entries<Case<string>>(cases as Record<string, Case<string>>)) {
    test(`${name}: without it`, async () => {
      expect(await probe(each, {})).toEqual(each.plain);
    });
    test.each(Object.entries(each.values))(`${name}: %s`, async (value, expected) => {
      expect(await probe(each, { [name]: value })).toEqual(expected);
    });
  }
}

/** Brightspace's, whatever its token URL is. */
export const FIXED_AUDIENCE = 'https://api.brightspace.com/auth/token';
