import { json, type Reply } from '../../http/reply.ts';
import { refuse as refuseByTheSpecification } from '../generic/refuse.ts';
import type { Refusal, RefusalFacts } from '../refusals.ts';

/** Schoology's answer to the refusals that are known of it: `{error}` (Simon-Initiative/lti_1p3 pull 27, developer page). */
export function refuse(refusal: Refusal, facts: RefusalFacts): Reply {
  const name = facts.detail ?? '';
  switch (refusal) {
    case 'memberNotAllowed':
      return badRequest(`Invalid parameter "body.${name}": "${name}" is not allowed`);
    case 'memberNull':
      return badRequest(`Invalid parameter "body.${name}": "${name}" must not be null`);
    case 'notAcceptable':
      if (facts.request.path.endsWith('/membership')) {
        return badRequest('handleNamesRoles: Invalid Accept Header');
      }
      return refuseByTheSpecification(refusal, facts);
    default:
      return refuseByTheSpecification(refusal, facts);
  }
}

function badRequest(error: string): Reply {
  return json(400, { error });
}
