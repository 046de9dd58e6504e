import { json, type Reply } from '../http/reply.ts';
import { checkMembers } from '../profiles/members.ts';
import {
  type LineItemContext,
  MEDIA_TYPES,
  type Profile,
  type ReadLineItem,
  type ServiceRequest,
} from '../profiles/profile.ts';
import { Refused } from '../profiles/refusals.ts';
import type { LineItem } from '../world/types.ts';
import type { World } from '../world/world.ts';
import { isCoupled, locateCourse, locateLineItem } from './locate.ts';
import { paginate } from './paging.ts';
import type { PlatformUrls } from './urls.ts';

export interface ServiceDeps {
  world: World;
  profile: Profile;
  urls: PlatformUrls;
}

/** The container: GET lists, POST creates. */
export function answerLineItems(deps: ServiceDeps, request: ServiceRequest): Reply {
  return request.method === 'POST' ? createLineItem(deps, request) : listLineItems(deps, request);
}

/** One line item: GET, PUT, DELETE. */
export function answerLineItem(deps: ServiceDeps, request: ServiceRequest): Reply {
  const course = locateCourse(deps.world, request);
  const item = locateLineItem(deps.world, deps.profile, request);
  const url = deps.urls.lineItem(item, course.id);
  const rules = deps.profile.lineItems;
  if (request.method === 'GET') return json(200, rules.show(item, url, request), MEDIA_TYPES.lineItem);
  if (request.method === 'DELETE') {
    const kept = rules.keepsAll || (isCoupled(item) && rules.deleteCoupled === 'refused');
    if (kept) throw new Refused('lineItemCoupled');
    item.deleted = true;
    deps.world.changed();
    return rules.deleted;
  }
  const read = readLineItem(rules, request.body, { world: deps.world, course, request, item });
  updateLineItem(deps, item, read, request.now);
  return json(200, answerOf(rules, item, url, read, request), MEDIA_TYPES.lineItem);
}

function listLineItems({ world, profile, urls }: ServiceDeps, request: ServiceRequest): Reply {
  const course = locateCourse(world, request);
  const rules = profile.lineItems;
  const { query } = request;
  const filters: [string | null, (item: LineItem) => string | undefined][] = [
    [query.get('resource_id'), (item) => item.resourceId],
    [query.get('tag'), (item) => item.tag],
    ...rules.resourceLinkFilters.map(
      (name) =>
        [query.get(name), (item: LineItem) => item.resourceLinkId] as [
          string | null,
          (item: LineItem) => string | undefined,
        ],
    ),
  ];
  const all = [...world.lineItems.values()].filter(
    (item) =>
      item.courseId === course.id &&
      !item.deleted &&
      !item.foreign &&
      item.origin !== 'orphan' &&
      (rules.ignoresFilters || filters.every(([wanted, of]) => wanted === null || of(item) === wanted)),
  );
  const { items, link } = paginate(all, query, urls.lineItems(course.id), rules.paging);
  const shown = items.map((item) => rules.show(item, urls.lineItem(item), request));
  const reply = json(200, shown, MEDIA_TYPES.lineItems);
  if (link !== undefined) reply.headers = { ...reply.headers, link };
  return reply;
}

function createLineItem(deps: ServiceDeps, request: ServiceRequest): Reply {
  const { world, profile, urls } = deps;
  const course = locateCourse(world, request);
  const read = readLineItem(profile.lineItems, request.body, { world, course, request });
  const item = world.addLineItem({
    courseId: course.id,
    label: read.label,
    scoreMaximum: read.scoreMaximum,
    resourceId: read.resourceId ?? '',
    tag: read.tag ?? '',
    ...(read.resourceLinkId === undefined ? {} : { resourceLinkId: read.resourceLinkId }),
    origin: read.orphan ? 'orphan' : 'tool',
    foreign: false,
    createdAt: request.now,
    extras: read.extras,
  });
  if (read.orphan) throw new Refused('lineItemTooLarge');
  const url = urls.lineItem(item);
  return json(
    profile.lineItems.createdStatus ?? 201,
    answerOf(profile.lineItems, item, url, read, request),
    MEDIA_TYPES.lineItem,
  );
}

function readLineItem(rules: Profile['lineItems'], body: string, context: LineItemContext): ReadLineItem {
  const refused = rules.refusedMembers?.[context.item ? 'PUT' : 'POST'] ?? [];
  checkMembers(body, { refused, known: rules.knownMembers });
  const read = rules.read(body, context);
  if (rules.wholeMaximum && !Number.isInteger(read.scoreMaximum)) {
    throw new Refused('lineItemInvalid', { detail: 'scoreMaximum must be a whole number' });
  }
  return read;
}

function updateLineItem(
  { world, profile }: ServiceDeps,
  item: LineItem,
  read: ReadLineItem,
  now: number,
): void {
  const rules = profile.lineItems;
  const erases = rules.omitted === 'erased';
  if (read.scoreMaximum !== item.scoreMaximum && rules.maximumChange === 'keepsPercentage') {
    rescale(world, item, read.scoreMaximum / item.scoreMaximum, now);
  }
  item.label = read.label;
  item.scoreMaximum = read.scoreMaximum;
  item.resourceId = read.resourceId ?? (erases ? '' : item.resourceId);
  item.tag = read.tag ?? (erases ? '' : item.tag);
  if (read.resourceLinkId !== undefined) item.resourceLinkId = read.resourceLinkId;
  // What cannot be set is not erased by leaving it out.
  else if (erases && !rules.refusedMembers?.POST?.includes('resourceLinkId')) delete item.resourceLinkId;
  item.extras = erases ? read.extras : { ...item.extras, ...read.extras };
  world.changed();
}

function rescale(world: World, item: LineItem, factor: number, now: number): void {
  if (!Number.isFinite(factor)) return;
  for (const cell of item.cells.values()) {
    if (cell.rawScore !== null) cell.rawScore *= factor;
    if (cell.score === null) continue;
    cell.score *= factor;
    world.record(cell, {
      at: now,
      by: 'platform',
      effect: 'rescaled',
      score: cell.score,
      timestamp: cell.timestamp,
    });
  }
}

function answerOf(
  rules: Profile['lineItems'],
  item: LineItem,
  url: string,
  read: ReadLineItem,
  request: ServiceRequest,
): Record<string, unknown> {
  return rules.answer === 'echo' ? { ...read.posted, id: url } : rules.show(item, url, request);
}
