import { describe, expect, it } from 'vitest';
import { buryCell } from './bury-cell.ts';
import { posting, scripted } from './testing/fakes.ts';

const burial = {
  platformId: 'school',
  cell: 'column.user',
  reason: 'CREDENTIALS_REJECTED',
  detail: 'no',
} as const;

describe('buryCell', () => {
  it('settles the newest score as dead although the lane is held, without asking the platform', async () => {
    const { parts, asked } = scripted({ begins: [posting()] });
    await buryCell(parts, burial);
    expect(asked.begins[0]).toMatchObject({ probe: true });
    expect(asked.settles[0]?.settlement).toEqual({
      kind: 'dead',
      reason: 'CREDENTIALS_REJECTED',
      detail: 'no',
    });
    expect(asked.ends).toEqual([expect.objectContaining({ status: 'dead', reason: 'CREDENTIALS_REJECTED' })]);
    expect(asked.sent).toHaveLength(0);
  });

  it('leaves a cell that somebody is at', async () => {
    const { parts, asked } = scripted({ begins: [{ kind: 'busy', waitMs: 1, cell: 'column.user' }] });
    await buryCell(parts, burial);
    expect(asked.settles).toHaveLength(0);
  });
});
