import { badGateway, type Reply, webPage } from '../../http/reply.ts';
import type { RequestFacts } from '../profile.ts';
import type { Refusal, RefusalFacts } from '../refusals.ts';

const REASON_LIMIT = 1000;

/** Moodle's answer to each refusal: the reason stands in the status line, and in a JSON body unless the score handler said no. */
export function refuse(refusal: Refusal, facts: RefusalFacts): Reply {
  const { request } = facts;
  switch (refusal) {
    case 'noRoute': {
      if (!request.path.startsWith('/mod/lti/services.php'))
        return webPage(404, 'Not Found', 'File not found.');
      const type = request.headers['content-type'] ?? '';
      return envelope(
        400,
        `No handler found for ${request.path} ${request.headers.accept ?? ''} ${type}`,
        request,
      );
    }
    case 'unsupportedType':
    case 'notAcceptable':
      return envelope(400, 'No context or unsupported content type', request);
    case 'methodNotAllowed':
      return envelope(405, 'Method Not Allowed', request);
    case 'tokenMissing':
    case 'tokenInvalid':
    case 'tokenExpired':
    case 'scopeMissing':
    case 'toolDisabled':
    case 'otherTool':
      return envelope(401, 'Unauthorized', request);
    case 'courseNotFound':
    case 'courseDeleted':
      return envelope(404, `Not Found: Course ${request.courseId} doesn't exist`, request);
    case 'toolNotInCourse':
      return envelope(403, 'Not allowed in context', request);
    case 'lineItemNotFound':
      return envelope(404, `Not Found: Grade item ${request.itemId ?? ''} doesn't exist`, request);
    case 'lineItemForeign':
    case 'resourceLinkForeign':
    case 'resourceLinkNotFound':
      return envelope(403, 'Invalid LTI id supplied.', request);
    case 'lineItemInvalid':
      return envelope(400, facts.detail ?? 'Bad Request', request);
    case 'resourceLinkUnknown':
      return envelope(404, 'Not Found', request);
    case 'badPath':
    case 'lineItemTooLarge':
    case 'scoreUserUnreadable':
    case 'firstGradeRace':
      return badGateway();
    case 'badQuery':
      return webPage(404, 'Error', 'Error reading from database');
    case 'scoreMalformed':
    case 'scoreInvalid':
    case 'userNotGradable':
      return incorrectScore(request);
    case 'olderTimestamp':
      return scoreRefusal(
        409,
        `Refusing score with an earlier timestamp for item ${facts.detail ?? ''} and user ${facts.userId ?? ''}`,
      );
    default:
      return scoreRefusal(500, 'Internal Server Error');
  }
}

/** PHP refuses to send a status line with a line break in it, and the 400 is lost. */
function incorrectScore(request: RequestFacts): Reply {
  const reason = `Incorrect score received${request.body}`;
  if (/[\r\n]/.test(reason)) return scoreRefusal(200, 'OK');
  return scoreRefusal(400, Buffer.from(reason, 'utf8').subarray(0, REASON_LIMIT).toString('latin1'));
}

function scoreRefusal(status: number, reason: string): Reply {
  return { status, reason, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '[]' };
}

function envelope(status: number, reason: string, request: RequestFacts): Reply {
  return {
    status,
    reason: reason.replaceAll(/[\r\n]+/g, ' ').slice(0, REASON_LIMIT),
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      status,
      reason,
      request: {
        method: request.method,
        url: request.url,
        accept: request.headers.accept ?? '',
        ...(request.headers['content-type'] ? { contentType: request.headers['content-type'] } : {}),
      },
    }),
  };
}
