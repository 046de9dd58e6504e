import { GradewireError } from '@gradewire/sdk';
import type { Terminal } from '../terminal/terminal.ts';
import { CliError, UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** Says what went wrong and what to do about it, and returns the exit code. A defect of ours is shown with its stack. */
export function reportError(error: unknown, err: Terminal, verb: string): ExitCode {
  const { message, hint, code } = describeError(error, verb);
  err.line(`${err.paint('red', 'Error:')} ${message}`);
  if (hint) err.line(hint);
  return code;
}

function describeError(
  error: unknown,
  verb: string,
): { message: string; hint?: string | undefined; code: ExitCode } {
  if (error instanceof UsageError) {
    return { message: error.message, hint: `See \`${verb} --help\`.`, code: EXIT.usage };
  }
  if (error instanceof CliError) return { message: error.message, hint: error.hint, code: EXIT.failed };
  if (error instanceof GradewireError) {
    const code = error.code === 'ABORTED' ? EXIT.interrupted : EXIT.failed;
    return { message: error.message, hint: hintFor(error), code };
  }
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    code: EXIT.failed,
  };
}

/** What a person can do about a failed request; the API's own hint goes first. */
function hintFor({ code, status, problem }: GradewireError): string | undefined {
  if (problem?.hint) return problem.hint;
  if (code === 'NETWORK')
    return 'Is Gradewire running there? `npm start` starts it; --url or GRADEWIRE_URL point elsewhere.';
  if (code === 'TIMEOUT') return 'Try again, or look later: what was accepted goes on being delivered.';
  if (status === 401) return 'Give a valid key with --api-key or GRADEWIRE_API_KEY; `npm start` prints one.';
  if (status === 403) return 'The key may not do this: its role is too small, or it is for other platforms.';
  if (status === 404) return 'Check the id, and that the key may see its platform.';
  if (status === 503) return 'Gradewire cannot reach its Redis at the moment; try again shortly.';
  return undefined;
}
