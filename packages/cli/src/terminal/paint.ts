import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Wraps text in a style, or returns it as it is where colour is not wanted. */
export type Paint = (style: Style, text: string) => string;

export const paintNothing: Paint = (_style, text) => text;

export const paintColours: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Colour goes to terminals, unless `NO_COLOR` is set (no-color.org) or the terminal is dumb; `FORCE_COLOR` turns it on. */
export function wantsColour(isTty: boolean, env: Record<string, string | undefined>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return isTty && env.TERM !== 'dumb';
}
