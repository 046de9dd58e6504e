import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { SimulatorOptions } from '../options.ts';
import type { ProfileName } from '../profiles/profiles.ts';
import { createSimulator, type Simulator } from '../simulator.ts';
import { type Answer, Client, FakeTool, score } from './fake-tool.ts';

/** A vendor's platform, fresh for each test: a course with one linked column, and a tool that may use it. */
export interface VendorRoom {
  readonly tool: FakeTool;
  readonly simulator: Simulator;
  readonly client: Client;
  readonly item: string;
  readonly user: string;
  readonly lineItemsUrl: string;
  readonly membershipsUrl: string;
  /** A token request with a claim or two changed. */
  askToken(
    claims?: Record<string, unknown>,
    header?: Record<string, unknown>,
    scope?: string,
  ): Promise<Answer>;
  /** Status and body of a score post of `user`. */
  post(given: number | null, change?: Record<string, unknown>): Promise<[status: number, body: string]>;
  shown(): number | null | undefined;
}

/** Registers the hooks that open the room; its members are there inside of tests. */
export function vendorRoom(profile: ProfileName, options: SimulatorOptions = {}): VendorRoom {
  let tool: FakeTool;
  let simulator: Simulator;
  let client: Client;
  const assertionClaims = () =>
    profile === 'brightspace' ? { aud: 'https://api.brightspace.com/auth/token' } : {};
  beforeAll(async () => {
    tool = await FakeTool.start();
  });
  afterAll(async () => {
    await tool[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    simulator = await createSimulator({
      profile,
      courses: [{ resourceLinks: [{ lineItem: { scoreMaximum: 100 } }] }],
      ...options,
      tool: { jwksUrl: tool.jwksUrl },
    });
    const { body } = await tool.askToken(simulator, await tool.assertion(simulator, assertionClaims()));
    client = new Client((JSON.parse(body) as { access_token: string }).access_token);
    return async () => simulator.close();
  });
  const course = () => simulator.courses[0]!;
  return {
    get tool() {
      return tool;
    },
    get simulator() {
      return simulator;
    },
    get client() {
      return client;
    },
    get item() {
      return course().resourceLinks[0]!.lineItemUrl!;
    },
    get user() {
      return course().students[0]!.userId;
    },
    get lineItemsUrl() {
      return course().lineItemsUrl;
    },
    get membershipsUrl() {
      return course().membershipsUrl;
    },
    async askToken(claims = {}, header = {}, scope = undefined) {
      const assertion = await tool.assertion(simulator, { ...assertionClaims(), ...claims }, header);
      return tool.askToken(simulator, assertion, scope);
    },
    async post(given, change = {}) {
      const { status, body } = await client.postScore(this.item, score(this.user, given, change));
      return [status, body];
    },
    shown() {
      return simulator.cell(this.item, this.user)?.score;
    },
  };
}
