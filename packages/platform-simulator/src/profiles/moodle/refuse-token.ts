import { type Reply, webPage } from '../../http/reply.ts';
import type { ClaimProblem, TokenProblem } from '../profile.ts';

/** Moodle's token endpoint: 400 and the reason in `error`, pasted in without escaping. */
export function refuseToken(problem: TokenProblem): Reply {
  if (problem.code === 'keySetUnavailable') {
    return webPage(404, 'Error', 'Unable to retrieve the key set of the tool');
  }
  return {
    status: 400,
    reason: 'Bad Request',
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `{ "error" : "${textOf(problem)}" }`,
  };
}

function textOf(problem: Exclude<TokenProblem, { code: 'keySetUnavailable' }>): string {
  switch (problem.code) {
    case 'claims':
      return claimText(problem.problems[0]);
    case 'kidMissing':
      return 'error/Error: kid must be provided in JWT header.';
    case 'kidUnknown':
      return '"kid" invalid, unable to lookup correct key';
    case 'badSignature':
      return 'Signature verification failed';
    case 'algorithmMismatch':
      return 'Incorrect key for this algorithm';
    case 'algorithmNotSupported':
      return 'Algorithm not supported';
    case 'emptyKeySet':
      return 'JWK Set did not contain any keys';
    case 'unknownClient':
      return 'invalid_client';
    case 'scopeNotPermitted':
      return 'invalid_scope';
    case 'wrongGrantType':
    case 'wrongAssertionType':
      return 'unsupported_grant_type';
    default:
      return 'invalid_request';
  }
}

function claimText(problem: ClaimProblem | undefined): string {
  if (problem?.claim !== 'notYet') return 'Expired token';
  const at = new Date(problem.seconds * 1000).toISOString().replace(/\.\d+Z$/, '+0000');
  return `Cannot handle token with iat prior to ${at}`;
}
