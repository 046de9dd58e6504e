import { userAliasKeyOf } from '../cell.ts';
import type { UnmatchedScore } from '../score.ts';
import { type UserSelector, userAliasText } from '../user-selector.ts';
import { SealBrokenError, type SecretBox } from './secret-box.ts';

/** What the seal of a selector is bound to. */
export const SELECTOR_CONTEXT = 'user of a score';

/** Who a score's user is to be found by, as it lies in the record until the roster has told. */
export function sealSelector(box: SecretBox, selector: UserSelector): string {
  return box.seal(JSON.stringify(selector), SELECTOR_CONTEXT);
}

/** Undefined when it does not open: the encryption key was changed. */
export function openSelector(box: SecretBox, sealed: string): UserSelector | undefined {
  try {
    return JSON.parse(box.open(sealed, SELECTOR_CONTEXT)) as UserSelector;
  } catch (error) {
    if (error instanceof SealBrokenError) return undefined;
    throw error;
  }
}

/** The name that the user of such a score goes by in cells. It is logged, so that it must not be guessed back. */
export function userAliasOf(box: SecretBox, { target, user }: UnmatchedScore): string {
  return userAliasKeyOf(box.hash(userAliasText(target.launchId, user), SELECTOR_CONTEXT));
}
