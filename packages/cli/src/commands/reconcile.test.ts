import { describe, expect, test } from 'vitest';
import { startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

const url = 'https://lms.example/li/1';
const drift = {
  userId: 'u1',
  lineItemUrl: url,
  scoreId: 'sc_m_1',
  kind: 'missing',
  delivered: 8,
  observed: null,
  maximum: 10,
};
const found = {
  id: 'rc_m_1',
  platformId: 'm',
  status: 'done',
  repair: false,
  scheduled: false,
  columns: 1,
  columnsDone: 1,
  checked: 2_000,
  matching: 1_998,
  driftedCount: 2,
  driftedByKind: { missing: 1, different: 0, changedByTeacher: 1, droppedInSilence: 0 },
  underWay: 1,
  unseen: 0,
  settled: 1,
  repaired: 0,
  createdAt: '2027-01-01T00:00:00.000Z',
  drifted: [drift, { ...drift, userId: 'u2', kind: 'changedByTeacher', observed: 9.5 }],
  unread: [],
  notes: ['Grades are compared, comments are not.'],
};

const reconcile = async (answer: object, flags: string[] = []) => {
  await using api = await startFakeGradewire(() => ({ status: 202, body: { ...found, ...answer } }));
  const ran = await runVerb(['reconcile', '--platform', 'm', ...flags], { api });
  return { ...ran, body: api.seen[0]?.body };
};

describe('reconcile', () => {
  test('shows where the gradebook differs, and ends with 3', async () => {
    const { code, stdout, body } = await reconcile({});
    expect(code).toBe(3);
    expect(body).toEqual({ platformId: 'm' });
    expect(stdout).toMatch(/u1 +8\/10 +none +missing +https:/);
    expect(stdout).toMatch(/u2 +8\/10 +9\.5\/10 +changed by a teacher/);
    expect(stdout).toContain(
      'Reconciliation rc_m_1 done: 2,000 grades compared, 1,998 as delivered, 2 not; 1 score in doubt found delivered; 1 skipped since a newer score is on its way.',
    );
    expect(stdout).toContain('comments are not');
  });

  test('repairs, and is content when all is sent again', async () => {
    const drifted = [{ ...drift, repair: 'sent' }];
    const answer = { repair: true, repaired: 1, driftedCount: 1, matching: 1_999, drifted };
    const { code, stdout, body } = await reconcile(answer, ['--repair', '--line-item', url]);
    expect(code).toBe(0);
    expect(body).toEqual({ platformId: 'm', lineItemUrl: url, repair: true });
    expect(stdout).toMatch(/missing +sent again/);
  });

  test('says what could not be compared, and what is to be done about it', async () => {
    const unread = [{ lineItemUrl: url, reason: 'LINE_ITEM_GONE', detail: '', hint: 'Look there.' }];
    const { code, stdout } = await reconcile({ status: 'failed', drifted: [], unread });
    expect(code).toBe(1);
    expect(stdout).toContain(`Not compared: ${url} (LINE_ITEM_GONE). Look there.`);
  });

  test('prints one JSON document', async () => {
    const { stdout } = await reconcile({}, ['--json']);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'rc_m_1', drifted: [{ userId: 'u1' }, { userId: 'u2' }] });
  });

  test('wants one column', async () => {
    const flags = ['--line-item', url, '--launch-id', 'la_m_1'];
    const { code, stderr } = await reconcile({}, flags);
    expect([code, stderr]).toEqual([2, expect.stringContaining('either --line-item or --launch-id')]);
  });
});
