import { describe, expect, test } from 'vitest';
import { problem, startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

const url = 'https://lms.example/li/1';
const lineItem = {
  lineItemUrl: url,
  label: 'Lab 3',
  scoreMaximum: 10,
  resourceId: 'lab-3',
  created: true,
  delivered: 2,
  drift: { label: 'Lab' },
};
const course = ['--platform', 'm', '--line-items', 'https://lms.example/li'];

describe('line-item', () => {
  test('list shows what there is and what changed', async () => {
    const seen: string[] = [];
    await using api = await startFakeGradewire(({ query }) => {
      seen.push(query.toString());
      return { body: { data: [lineItem], truncated: true } };
    });
    const { code, stdout } = await runVerb(['line-item', 'list', ...course, '--resource-id', 'lab-3'], {
      api,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Lab 3 +10 +lab-3 +2 +made by Gradewire, was "Lab" +https:\/\/lms.example\/li\/1/);
    expect(stdout).toContain('more than could be read');
    expect(new URLSearchParams(seen[0]).get('resourceId')).toBe('lab-3');
  });

  test.each([[[]], [['--line-items', 'https://lms.example/li', '--launch-id', 'la_m_1']]])(
    'list wants one course: %j',
    async (flags) => {
      const { code, stderr } = await runVerb(['line-item', 'list', '--platform', 'm', ...flags]);
      expect(code).toBe(2);
      expect(stderr).toContain('either --line-items or --launch-id');
    },
  );

  test('duplicates says what the columns share', async () => {
    const data = [
      { by: 'resourceId', resourceId: 'lab-3', tag: 't', lineItems: [lineItem, lineItem] },
      { by: 'resourceLinkId', resourceLinkId: 'link', lineItems: [lineItem, lineItem] },
    ];
    await using api = await startFakeGradewire(() => ({ body: { data } }));
    const { stdout } = await runVerb(['line-item', 'duplicates', ...course], { api });
    expect(stdout).toContain('For the resource lab-3, tag t:');
    expect(stdout).toContain('On the resource link link:');
  });

  test('adopt tells where grades are left behind', async () => {
    const old = { ...lineItem, label: 'Old', lineItemUrl: 'https://lms.example/li/2', replacedBy: url };
    await using api = await startFakeGradewire(() => ({
      body: { lineItem, insteadOf: [old, { ...old, delivered: 0 }], waiting: 3 },
    }));
    const { stdout } = await runVerb(['line-item', 'adopt', url, ...course], { api });
    expect(api.seen).toEqual([
      {
        route: 'POST /v1/line-items/adopt',
        body: { platformId: 'm', lineItemsUrl: 'https://lms.example/li', lineItemUrl: url },
      },
    ]);
    expect(stdout).toContain('"Lab 3" is used from now on instead of 2 other columns.');
    expect(stdout).toContain('3 scores that waited go to it now.');
    expect(stdout).toContain('Grades of 2 students are still in "Old" only: https://lms.example/li/2');
  });

  test('update sends what was given, and null for none', async () => {
    await using api = await startFakeGradewire(() => ({ body: lineItem }));
    const given = ['--label', 'Lab 4', '--score-maximum', '20', '--end', 'none'];
    const { code } = await runVerb(['line-item', 'update', url, '--platform', 'm', ...given], { api });
    expect(code).toBe(0);
    expect(api.seen[0]).toEqual({
      route: 'PUT /v1/line-items',
      body: { platformId: 'm', lineItemUrl: url, label: 'Lab 4', scoreMaximum: 20, endDateTime: null },
    });
  });

  test('update of nothing is a mistake', async () => {
    const { code, stderr } = await runVerb(['line-item', 'update', url, '--platform', 'm']);
    expect(code).toBe(2);
    expect(stderr).toContain('--label, --score-maximum, --start or --end');
  });

  test('delete says what it would destroy, and does it when forced', async () => {
    const hint = 'send it again with force=true';
    await using api = await startFakeGradewire(({ query }) =>
      query.get('force') === 'true'
        ? { status: 204 }
        : problem(409, 'LINE_ITEM_IN_USE', 'The column shows 23 grades.', { hint }),
    );
    const refused = await runVerb(['line-item', 'delete', url, '--platform', 'm'], { api });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('The column shows 23 grades.');
    const forced = await runVerb(['line-item', 'delete', url, '--platform', 'm', '--force'], { api });
    expect(forced.code).toBe(0);
    expect(forced.stdout).toContain(`Deleted ${url}`);
  });
});

describe('results', () => {
  test('shows grades, and people without one', async () => {
    const data = [
      { userId: '42', resultScore: 8.5, resultMaximum: 10, comment: 'well\ndone' },
      { userId: '43' },
    ];
    await using api = await startFakeGradewire(({ query }) => {
      expect(query.get('userId')).toBe('42');
      return { body: { data, lineItemUrl: url } };
    });
    const flags = ['--platform', 'm', '--line-item', url, '--user', '42'];
    const { stdout } = await runVerb(['results', ...flags], { api });
    expect(stdout).toMatch(/42 +8\.5\/10 +well done/);
    expect(stdout).toMatch(/^43$/m);
  });

  test('wants one column', async () => {
    const { code, stderr } = await runVerb(['results', '--platform', 'm']);
    expect(code).toBe(2);
    expect(stderr).toContain('either --line-item or --launch-id');
  });
});
