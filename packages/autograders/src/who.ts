import type { Identity, IdentityKind } from './grade.ts';
import { isObject, type JsonObject, textIn } from './json-value.ts';

/** In this order they are tried: from what tells one person to what several may share. */
const KINDS: readonly IdentityKind[] = ['github', 'email', 'sourcedId', 'senderId', 'name'];

/** A student as a document names them. No identities and no userId: it names nobody. */
export interface Who {
  userId?: string;
  identities: Identity[];
}

/** Reads `userId`, `user: { email | sourcedId | name }` and `identity: { github | email | sourcedId | name | senderId }`. */
export function whoOf(object: JsonObject): Who {
  const userId = textIn(object, 'userId');
  const identities = [object.user, object.identity].flatMap(identitiesOf);
  return { ...(userId === undefined ? {} : { userId }), identities };
}

/** Whether anybody is named. */
export function isSomebody({ userId, identities }: Who): boolean {
  return userId !== undefined || identities.length > 0;
}

/** The identities that these members are; those that say nothing are left out. */
function identitiesOf(value: unknown): Identity[] {
  if (!isObject(value)) return [];
  return KINDS.flatMap((kind) => {
    const text = textIn(value, kind);
    return text === undefined ? [] : [{ [kind]: text } as Identity];
  });
}
