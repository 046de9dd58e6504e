import type { Callback } from '@gradewire/sdk';
import { printFacts } from '../terminal/facts.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Terminal } from '../terminal/terminal.ts';

const STYLE = { active: 'green', failing: 'yellow', disabled: 'red' } as const;

const WHY = {
  GONE: 'it answered 410, that it is gone',
  FAILING: 'it failed for too long',
};

/** Prints a callback for a person. */
export function printCallback(callback: Callback, out: Terminal): void {
  const { status, disabledReason, platformIds } = callback;
  const why = disabledReason ? `: ${WHY[disabledReason] ?? disabledReason}` : '';
  const hint = 'put it again with gradewire callback add, then resend what it missed';
  printFacts(
    callback.id,
    [
      ['Status', `${callbackStatus(status, out.paint)}${why}`],
      ['What to do', status === 'disabled' && out.paint('yellow', hint)],
      ['To', callback.url],
      ['Events', callback.events.join(', ')],
      ['Platforms', platformIds ? platformIds.join(', ') : 'all'],
      ['Form', callback.form],
      ['Pending', callback.pending],
      ['Delivered', callback.lastDeliveredAt],
      ['Failing since', callback.failingSince],
      ['Disabled', callback.disabledAt],
      ['Created', callback.createdAt],
      ['Changed', callback.updatedAt],
    ],
    out,
  );
}

export function callbackStatus(status: Callback['status'], paint: Paint): string {
  return paint(STYLE[status] ?? 'bold', status);
}
