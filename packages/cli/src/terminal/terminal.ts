import { type Paint, paintColours, paintNothing, wantsColour } from './paint.ts';

/** Where text goes: stdout for results, stderr for progress and errors. */
export interface Terminal {
  write(text: string): void;
  /** Of control characters only line breaks, tabs and colours get through: texts come from platforms and their users. */
  line(text?: string): void;
  paint: Paint;
  /** A person is watching: bars may be redrawn. */
  isTty: boolean;
  columns: number;
}

interface OutputStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export function createTerminal(stream: OutputStream, env: Record<string, string | undefined>): Terminal {
  const isTty = stream.isTTY === true;
  return {
    write: (text) => void stream.write(text),
    line: (text = '') => void stream.write(`${tame(text)}\n`),
    paint: wantsColour(isTty, env) ? paintColours : paintNothing,
    isTty: isTty && env.TERM !== 'dumb',
    columns: stream.columns ?? 100,
  };
}

const COLOUR = '\u001b\\[[\\d;]*m';
const CONTROL = new RegExp(`(${COLOUR})|[^\\P{Cc}\\n\\t]`, 'gu');

function tame(text: string): string {
  return text.replace(CONTROL, '$1');
}
