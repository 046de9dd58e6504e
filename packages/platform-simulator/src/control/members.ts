interface Types {
  string: string;
  number: number;
  boolean: boolean;
}

/** The members of a command's body, each read with its type; throws `TypeError` that names a wrong one. */
export class Members {
  readonly all: Record<string, unknown>;

  constructor(all: Record<string, unknown>) {
    this.all = all;
  }

  optional<T extends keyof Types>(name: string, type: T): Types[T] | undefined {
    const value = this.all[name];
    if (value === undefined) return undefined;
    if (typeof value !== type) throw new TypeError(`${name} must be a ${type}`);
    return value as Types[T];
  }

  required<T extends keyof Types>(name: string, type: T): Types[T] {
    const value = this.optional(name, type);
    if (value === undefined) throw new TypeError(`${name} is missing`);
    return value;
  }

  numberOrNull(name: string): number | null {
    return this.all[name] === null ? null : this.required(name, 'number');
  }

  strings(name: string): string[] | undefined {
    const value = this.all[name];
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
      throw new TypeError(`${name} must be a list of strings`);
    }
    return value;
  }

  /** Those of the named members that are there. */
  pick<T extends Record<string, keyof Types>>(types: T): { [K in keyof T]?: Types[T[K]] } {
    const found: Record<string, unknown> = {};
    for (const [name, type] of Object.entries(types)) {
      const value = this.optional(name, type);
      if (value !== undefined) found[name] = value;
    }
    return found as { [K in keyof T]?: Types[T[K]] };
  }
}

/** An empty body is an empty object. */
export function readMembers(body: string): Members {
  if (body.trim() === '') return new Members({});
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new TypeError('the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('the body must be a JSON object');
  }
  return new Members(value as Record<string, unknown>);
}
