import { json, type Reply } from '../../http/reply.ts';
import type { RequestFacts, TokenProblem } from '../profile.ts';
import type { Refusal, RefusalFacts } from '../refusals.ts';

const DETAIL = 'x-sakai-lti13-error-detail';

/** Sakai's answer to each refusal: 400 and free text, 403 for a token it does not take (`LTI13Servlet.java`). */
export function refuse(refusal: Refusal, facts: RefusalFacts): Reply {
  const { request } = facts;
  switch (refusal) {
    case 'tokenMissing':
      return error(403, 'invalid_authorization');
    case 'tokenInvalid':
    case 'tokenExpired':
      return error(403, 'signature_error');
    case 'scopeMissing':
      return error(400, `Scope ${scopeNameOf(request)} not in access token`);
    case 'courseNotFound':
    case 'courseDeleted':
      return error(400, 'Could not load site associated with content');
    case 'toolNotInCourse':
      return error(400, 'No placements for tool');
    case 'toolDisabled':
    case 'otherTool':
      return error(400, 'Missing tool');
    case 'lineItemNotFound':
    case 'lineItemForeign':
      return lineItemMissing(request);
    case 'lineItemCoupled':
      return error(400, `Could not delete line item ${request.itemId ?? ''}`);
    case 'lineItemInvalid':
      return error(400, `Could not ${verbOf(request)} lineitem: ${facts.detail ?? ''}`);
    case 'userUnknown':
    case 'userNotEnrolled':
    case 'userNotGradable':
      return error(400, 'User does not belong to site');
    case 'scoreMalformed':
      return error(400, 'Could not read POST Data Jackson');
    case 'scoreInvalid':
      return error(400, facts.detail ?? 'Could not read POST Data');
    case 'noRoute':
    case 'methodNotAllowed':
      return error(400, `Unrecognized ${request.method} request parts request=${request.path}`);
    default:
      return error(400, facts.detail ?? refusal);
  }
}

/** Free text in `error`, but for the scope; the scope that was refused stands in a header. */
export function refuseToken(problem: TokenProblem): Reply {
  switch (problem.code) {
    case 'parameterMissing':
      return error(400, 'Token request missing fields: grant_type client_assertion scope');
    case 'wrongGrantType':
    case 'wrongAssertionType':
      return error(400, 'unsupported_grant_type');
    case 'malformed':
      return error(400, 'Could not find Jwt Body in client_assertion');
    case 'keySetUnavailable':
    case 'kidMissing':
    case 'kidUnknown':
    case 'emptyKeySet':
      return error(400, 'Public key retrieval failed');
    case 'badSignature':
    case 'algorithmMismatch':
    case 'algorithmNotSupported':
      return error(400, 'Could not verify signature');
    case 'scopeNotPermitted':
      return error(400, 'invalid_scope', problem.scopes[0]);
    case 'unknownClient':
      return error(400, 'Could not load tool');
    default:
      // What pull 14711 checks since June 2026: claims and repeated assertions.
      return error(400, 'invalid_client');
  }
}

function lineItemMissing(request: RequestFacts): Reply {
  if (request.method === 'GET') return error(404, 'Could not load column');
  if (request.method === 'DELETE') return error(400, `Could not delete line item ${request.itemId ?? ''}`);
  // The gradebook's own words are not known.
  return error(400, request.method === 'PUT' ? 'Could not update lineitem' : 'Could not load column');
}

function scopeNameOf({ path, method }: RequestFacts): string {
  if (path.endsWith('/scores')) return 'score';
  if (path.includes('/results')) return 'result.readonly';
  if (path.includes('/namesandroles/')) return 'roster';
  return method === 'GET' ? 'lineitems.readonly' : 'lineitems';
}

function verbOf({ method }: RequestFacts): string {
  return method === 'PUT' ? 'update' : 'create';
}

function error(status: number, words: string, detail?: string): Reply {
  const reply = json(status, { error: words });
  return detail === undefined ? reply : { ...reply, headers: { ...reply.headers, [DETAIL]: detail } };
}
