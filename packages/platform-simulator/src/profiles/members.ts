import { readObject } from './body.ts';
import { Refused } from './refusals.ts';

/** Refuses a body by its members' names; one that is no JSON object is left to the reader. Throws `Refused`. */
export function checkMembers(
  body: string,
  { refused = [], known }: { refused?: readonly string[]; known?: readonly string[] | undefined },
): void {
  for (const [name, value] of Object.entries(readObject(body) ?? {})) {
    if (refused.includes(name) || (known && !known.includes(name))) {
      throw new Refused('memberNotAllowed', { detail: name });
    }
    if (known && value === null) throw new Refused('memberNull', { detail: name });
  }
}
