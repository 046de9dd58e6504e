import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { type Profile, SCOPES } from '../profiles/profile.ts';
import { ROLE_URIS } from '../profiles/roles.ts';
import type { ToolRegistration } from '../token/registration.ts';
import { uuidOf } from '../world/ids.ts';
import type { Course, Member, ResourceLink } from '../world/types.ts';
import type { World } from '../world/world.ts';
import type { PlatformUrls } from './urls.ts';

export interface LaunchRequest {
  userId: string;
  /** Wanted for a launch from a resource link. */
  resourceLinkId?: string;
  /** Of a launch from the course's navigation. */
  courseId?: string;
  /**
   * `resourceLink` by default. `navigation`: the course's menu, which has no column (Canvas). `system`: outside of any
   * course, without a claim for grades (Blackboard).
   */
  placement?: 'resourceLink' | 'navigation' | 'system';
  custom?: Record<string, string>;
  nonce?: string;
}

export interface Launch {
  idToken: string;
  claims: JWTPayload;
}

/** The platform's signing key. Made when first wanted: a platform nobody launches from needs none. */
export class PlatformKey {
  #private: Promise<JWK> | undefined;

  async privateJwk(): Promise<JWK> {
    this.#private ??= generateKeyPair('RS256', { extractable: true }).then(async ({ privateKey }) => ({
      ...(await exportJWK(privateKey)),
      kid: randomUUID(),
      alg: 'RS256',
      use: 'sig',
    }));
    return this.#private;
  }

  async publicJwks(): Promise<{ keys: JWK[] }> {
    const { kty, n, e, kid, alg, use } = (await this.privateJwk()) as JWK & { kty: string };
    return { keys: [{ kty, n, e, kid, alg, use } as JWK] };
  }

  async sign(claims: JWTPayload): Promise<string> {
    const jwk = await this.privateJwk();
    const header = { alg: 'RS256', typ: 'JWT', kid: String(jwk.kid) };
    return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(jwk, 'RS256'));
  }

  /** Undefined when no key was made. */
  async keep(): Promise<JWK | undefined> {
    return this.#private;
  }

  restore(jwk: JWK): void {
    this.#private = Promise.resolve(jwk);
  }
}

export interface LaunchDeps {
  world: World;
  profile: Profile;
  urls: PlatformUrls;
  tool: ToolRegistration;
}

const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim';

/** Claims of an `LtiResourceLinkRequest`; undefined when the link, the course or the user in it is not known. */
export function launchClaims(deps: LaunchDeps, request: LaunchRequest, now: number): JWTPayload | undefined {
  const { urls, tool, profile } = deps;
  const place = placeOf(deps, request);
  const member = place && memberOf(deps.world, place, request.userId);
  if (!place || !member) return undefined;
  const iat = Math.floor(now / 1000);
  return {
    iss: urls.issuer,
    aud: tool.clientId,
    sub: member.userId,
    iat,
    exp: iat + 3600,
    nonce: request.nonce ?? randomUUID(),
    ...personOf(member),
    [`${CLAIM}/message_type`]: 'LtiResourceLinkRequest',
    [`${CLAIM}/version`]: '1.3.0',
    [`${CLAIM}/deployment_id`]: tool.deploymentId,
    [`${CLAIM}/target_link_uri`]: 'https://tool.example/launch',
    [`${CLAIM}/resource_link`]: place.link,
    [`${CLAIM}/roles`]: [ROLE_URIS[member.role]],
    [`${CLAIM}/tool_platform`]: {
      guid: new URL(urls.base).host,
      product_family_code: profile.productFamilyCode,
      name: 'Gradewire simulator',
    },
    ...customClaim(profile, request.custom),
    ...(place.course ? courseClaims(deps, place.course, place.link.id) : {}),
  };
}

/** Where a launch comes from: a resource link of the course, its menu, or no course at all. */
interface Place {
  link: { id: string; title?: string };
  course?: Course;
}

function placeOf({ world, profile }: LaunchDeps, request: LaunchRequest): Place | undefined {
  if (request.placement === 'system') return { link: { id: 'system' } };
  if (request.placement === 'navigation') {
    const course = world.courses.get(request.courseId ?? '');
    return course && !course.deleted ? { link: { id: contextIdOf(profile, course) }, course } : undefined;
  }
  const found = findLink(world, request.resourceLinkId ?? '');
  return found && { link: { id: found.link.id, title: found.link.title }, course: found.course };
}

function memberOf(world: World, { course }: Place, userId: string): Member | undefined {
  const courses = course ? [course] : [...world.courses.values()];
  return courses.map((each) => world.member(each, userId)).find((member) => member !== undefined);
}

function courseClaims(deps: LaunchDeps, course: Course, linkId: string): JWTPayload {
  const { urls, profile } = deps;
  const { rosterVersions, rosterScope } = profile.launch;
  return {
    [`${CLAIM}/context`]: {
      id: contextIdOf(profile, course),
      label: `COURSE-${course.id}`,
      title: course.title,
      type: ['http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection'],
    },
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': gradingClaim(deps, course, linkId),
    'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
      context_memberships_url: urls.memberships(course.id),
      service_versions: rosterVersions,
      ...(rosterScope ? { scope: [SCOPES.membershipReadonly] } : {}),
    },
  };
}

function contextIdOf({ launch }: Profile, course: Course): string {
  return launch.contextId === 'uuid' ? uuidOf(`course ${course.id}`) : course.id;
}

function customClaim({ launch }: Profile, custom: Record<string, string> | undefined): JWTPayload {
  if (!custom) return {};
  const nameOf = (name: string) => (launch.lowerCaseCustom ? name.toLowerCase() : name);
  const shown = Object.fromEntries(Object.entries(custom).map(([name, value]) => [nameOf(name), value]));
  return { [`${CLAIM}/custom`]: shown };
}

function gradingClaim({ world, urls, tool, profile }: LaunchDeps, course: Course, linkId: string): object {
  const items = [...world.lineItems.values()].filter(
    (item) => item.courseId === course.id && item.resourceLinkId === linkId && !item.deleted,
  );
  const [first] = items;
  // Named only where there is no doubt which one is meant.
  const named = items.length === 1 || profile.launch.severalItems === 'first';
  return {
    scope: tool.scopes.filter((scope) => scope !== SCOPES.membershipReadonly),
    lineitems: urls.lineItems(course.id),
    ...(first && named ? { lineitem: urls.lineItem(first) } : {}),
  };
}

function personOf(member: Member): Record<string, string> {
  const [given = '', ...family] = member.name.split(' ');
  return { name: member.name, given_name: given, family_name: family.join(' '), email: member.email };
}

function findLink(world: World, id: string): { course: Course; link: ResourceLink } | undefined {
  for (const course of world.courses.values()) {
    const link = course.resourceLinks.find((each) => each.id === id);
    if (link && !course.deleted) return { course, link };
  }
  return undefined;
}
