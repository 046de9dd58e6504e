import type { Terminal } from './terminal.ts';

/** A running count of something. Disposing leaves its last state on the screen. */
export interface Progress extends Disposable {
  update(done: number, note?: string): void;
}

const BAR_WIDTH = 28;
/** Where nobody redraws, a line this often is enough to see that it moves. */
const PLAIN_INTERVAL_MS = 2_000;

/** Shows a bar that is redrawn on a terminal, and now and then a plain line elsewhere. */
export function startProgress(terminal: Terminal, label: string, total: number, now = Date.now): Progress {
  let shown = { done: -1, note: '' };
  let shownAt = now();

  const text = ({ done, note }: { done: number; note: string }) =>
    terminal.isTty
      ? `\r\x1b[2K${label} ${bar(terminal, done, total)} ${done}/${total}${note && ` ${terminal.paint('dim', note)}`}`
      : `${label} ${done}/${total}${note && ` ${note}`}\n`;

  return {
    update(done, note = '') {
      if (done === shown.done && note === shown.note) return;
      const due = terminal.isTty || done >= total || shown.done < 0 || now() - shownAt >= PLAIN_INTERVAL_MS;
      if (!due) return;
      shown = { done, note };
      shownAt = now();
      terminal.write(text(shown));
    },
    [Symbol.dispose]() {
      if (terminal.isTty && shown.done >= 0) terminal.write('\n');
    },
  };
}

function bar({ paint }: Terminal, done: number, total: number): string {
  const filled = total === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.floor((done / total) * BAR_WIDTH));
  return paint('green', '█'.repeat(filled)) + paint('dim', '░'.repeat(BAR_WIDTH - filled));
}
