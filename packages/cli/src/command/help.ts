import type { Paint } from '../terminal/paint.ts';
import type { Command, Flags } from './command.ts';
import { COMMON_FLAGS } from './parse.ts';

/** The page that `gradewire --help` shows; with `group` only the verbs that begin with it. */
export function renderOverview(commands: Command[], paint: Paint, group?: string): string {
  const shown = group ? commands.filter(({ words }) => words[0] === group) : commands;
  const example = group ? shown[0]?.words.join(' ') : 'score import';
  return [
    `${paint('bold', 'gradewire')}: scores in, gradebooks converge.`,
    '',
    `Usage: gradewire ${group ?? 'COMMAND'} ${group ? 'COMMAND ' : ''}[flags]`,
    '',
    twoColumns(shown.map((command) => [command.words.join(' '), command.summary])),
    '',
    `The API is found by --url and --api-key, or GRADEWIRE_URL and GRADEWIRE_API_KEY.`,
    `More on one command: gradewire ${example} --help`,
  ].join('\n');
}

export function renderHelp(command: Command, paint: Paint): string {
  const { words, args, details, examples } = command;
  const verb = `gradewire ${words.join(' ')}`;
  const required = Object.entries(command.flags).filter(([, flag]) => flag.required);
  const usage = [verb, args?.usage, ...required.map(([name, { value }]) => `--${name} ${value}`), '[flags]'];
  return [
    command.summary,
    '',
    `${paint('bold', 'Usage')}: ${usage.filter(Boolean).join(' ')}`,
    ...(details ? ['', details.trim()] : []),
    ...section('Flags', command.flags, paint),
    ...section('For every command', COMMON_FLAGS, paint),
    ...(examples ? ['', paint('bold', 'Examples'), ...examples.map((example) => `  ${example}`)] : []),
  ].join('\n');
}

function section(title: string, flags: Flags, paint: Paint): string[] {
  const rows = Object.entries(flags).map(([name, { value, help, multiple }]): [string, string] => [
    `--${name}${value ? ` ${value}` : ''}`,
    multiple ? `${help}; may be repeated` : help,
  ]);
  return rows.length > 0 ? ['', paint('bold', title), twoColumns(rows)] : [];
}

function twoColumns(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
