/** The command line is wrong: reported with a pointer to the verb's help, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something outside the command line stands in the way. `hint` says what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.hint = hint;
  }
}
