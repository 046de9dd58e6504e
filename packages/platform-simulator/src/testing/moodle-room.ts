import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createSimulator, type Simulator } from '../simulator.ts';
import { Client, FakeTool } from './fake-tool.ts';

/** A Moodle, fresh for each test: two links, one of another tool, and columns of both kinds. */
export interface MoodleRoom {
  readonly tool: FakeTool;
  readonly simulator: Simulator;
  readonly client: Client;
  readonly token: string;
  readonly lineItemsUrl: string;
  /** The column of the LTI activity. */
  readonly activity: string;
  /** The column that was made over the service. */
  readonly created: string;
  grade(lineItemUrl: string, userId?: string): ReturnType<Simulator['cell']>;
}

export const user = '1001';

/** Registers the hooks that open the room; its members are there inside of tests. */
export function moodleRoom(): MoodleRoom {
  let tool: FakeTool;
  let simulator: Simulator;
  let token: string;
  let client: Client;
  let created: string;
  beforeAll(async () => {
    tool = await FakeTool.start();
  });
  afterAll(async () => {
    await tool[Symbol.asyncDispose]();
  });
  const course = () => simulator.courses[0]!;
  beforeEach(async () => {
    simulator = await createSimulator({
      profile: 'moodle',
      tool: { jwksUrl: tool.jwksUrl },
      courses: [
        {
          students: 3,
          resourceLinks: [
            { id: '1', lineItem: { label: 'Activity', scoreMaximum: 60, resourceId: 'res-a' } },
            { id: '2', foreign: true, lineItem: { label: 'Other tool' } },
          ],
        },
        { students: 1 },
      ],
    });
    token = await tool.token(simulator);
    client = new Client(token);
    const item = { label: 'Made', scoreMaximum: 60, resourceId: 'r', tag: 't' };
    created = JSON.parse((await client.createItem(course().lineItemsUrl, item)).body).id;
    return async () => simulator.close();
  });
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
    get token() {
      return token;
    },
    get lineItemsUrl() {
      return course().lineItemsUrl;
    },
    get activity() {
      return course().resourceLinks[0]!.lineItemUrl!;
    },
    get created() {
      return created;
    },
    grade: (lineItemUrl, userId = user) => simulator.cell(lineItemUrl, userId),
  };
}
