import { type Paint, paintColours, paintNothing, wantsColour } from './paint.ts';

/** Where text goes: stdout for results, stderr for progress and errors. */
export interface Terminal {
  write(text: string): void;
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
    line: (text = '') => void stream.write(`${text}\n`),
    paint: wantsColour(isTty, env) ? paintColours : paintNothing,
    isTty: isTty && env.TERM !== 'dumb',
    columns: stream.columns ?? 100,
  };
}
