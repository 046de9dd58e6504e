import type { World } from '../../world/world.ts';
import { mediaType } from '../body.ts';
import { MEDIA_TYPES, type ServiceEndpoint, type ServiceRequest } from '../profile.ts';
import { Refused } from '../refusals.ts';

const FORMATS: Record<ServiceEndpoint, readonly string[]> = {
  lineItems: [MEDIA_TYPES.lineItems, MEDIA_TYPES.lineItem],
  lineItem: [MEDIA_TYPES.lineItem],
  scores: [MEDIA_TYPES.score],
  results: [MEDIA_TYPES.results],
  memberships: [MEDIA_TYPES.memberships, 'application/vnd.ims.lis.v2.membershipcontainer+json'],
};

const METHODS: Record<ServiceEndpoint, readonly string[]> = {
  lineItems: ['GET', 'POST'],
  lineItem: ['GET', 'PUT', 'DELETE'],
  scores: ['POST'],
  results: ['GET'],
  memberships: ['GET'],
};

/**
 * Which of Moodle's handlers takes the request: `Accept` counts on GET and is compared whole, `Content-Type` counts on
 * everything that is neither GET nor DELETE and is compared exactly but for its parameters.
 */
export function negotiate(request: ServiceRequest): void {
  const { endpoint, method } = request;
  const accept = request.headers.accept ?? '';
  const formats = FORMATS[endpoint];
  if (method === 'GET') {
    const anything = accept === '' || accept.includes('*/*');
    if (!anything && !formats.includes(accept)) throw new Refused('noRoute');
    if (endpoint === 'lineItems' && accept !== '' && accept !== MEDIA_TYPES.lineItems) {
      throw new Refused('unsupportedType');
    }
  } else if (method !== 'DELETE' && method !== 'PATCH') {
    const posted = mediaType(request.headers['content-type']);
    if (!formats.includes(posted)) throw new Refused('noRoute');
    if (endpoint === 'lineItems' && method === 'POST' && posted !== MEDIA_TYPES.lineItem) {
      throw new Refused('unsupportedType');
    }
  }
  if (!METHODS[endpoint].includes(method)) throw new Refused('methodNotAllowed');
}

/** What is looked at once the token is good: `type_id` must be the tool's; ids go into the database's number columns as they are. */
export function admit(request: ServiceRequest, deploymentId: string, world: World): void {
  const type = request.query.get('type_id') ?? request.binding;
  if (type !== undefined && type !== deploymentId) throw new Refused('otherTool');
  // A test may name its courses as it likes.
  const isCourse = /^\d{1,18}$/.test(request.courseId) || world.courses.has(request.courseId);
  if (!isCourse) throw new Refused('badPath');
  if (request.itemId !== undefined && !/^\d{1,18}$/.test(request.itemId)) throw new Refused('badPath');
}
