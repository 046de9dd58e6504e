import type { IdTokenFault, IdTokenProblem } from '@gradewire/ags';
import { Problem } from '../http/problem.ts';

/** What is wrong with an id_token, as the caller is told it, with what to do about it. */
export function idTokenProblem({ code, detail }: IdTokenProblem): Problem {
  return new Problem(code === 'KEYS_UNREADABLE' ? 'PLATFORM_UNAVAILABLE' : 'ID_TOKEN_REFUSED', {
    detail: `The id_token ${detail}.`,
    errors: [{ pointer: '/idToken', detail }],
    hint: HINTS[code],
  });
}

const HINTS: Record<IdTokenFault, string> = {
  NOT_A_TOKEN:
    'Send the form field `id_token` that the platform posted to your launch address, unchanged. Claims you have verified yourself go into `claims`.',
  ALGORITHM:
    'Platforms sign launches with RS256. A token signed with a shared secret, or not at all, can be made by anybody.',
  ISSUER:
    "Compare the platform's `issuer` here with what it shows as issuer or platform id, letter by letter.",
  AUDIENCE: 'Compare the `clientId` of the platform here with the client id that it gave the tool.',
  AUTHORIZED_PARTY:
    'The launch is for another tool. Compare the `clientId` of the platform here with the one it gave the tool.',
  EXPIRED:
    'Send the id_token as soon as it arrives; platforms let them live from a minute to an hour. Later, send the verified claims as `claims`. If it is new, compare the clocks.',
  NOT_YET_VALID: 'The clocks of the platform and of this server disagree. Set both by a time service (NTP).',
  VERSION:
    'Register the tool as an LTI 1.3 tool on the platform; launches of LTI 1.1 have no id_token that could be used here.',
  MESSAGE_TYPE: 'Only launches of a link, and those in which a teacher chooses one, tell where scores go.',
  DEPLOYMENT:
    "Add the deployment to the platform's `deploymentIds`, register it as a platform of its own, or leave `deploymentIds` out to take any.",
  KEYS_UNREADABLE:
    "Try again in a few seconds. If it stays so, check the platform's `jwksUrl`: it has to answer with its public keys.",
  UNKNOWN_KEY:
    "Check the platform's `jwksUrl`. If the platform has just changed its keys, try again in half a minute.",
  SIGNATURE:
    'It was changed on the way, or somebody else made it. Send it exactly as the platform posted it.',
};
