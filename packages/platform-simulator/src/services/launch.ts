import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { type Profile, SCOPES } from '../profiles/profile.ts';
import { ROLE_URIS } from '../profiles/roles.ts';
import type { ToolRegistration } from '../token/registration.ts';
import type { Course, Member, ResourceLink } from '../world/types.ts';
import type { World } from '../world/world.ts';
import type { PlatformUrls } from './urls.ts';

export interface LaunchRequest {
  userId: string;
  resourceLinkId: string;
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

/** Claims of an `LtiResourceLinkRequest`; undefined when the link or the user in its course is not known. */
export function launchClaims(deps: LaunchDeps, request: LaunchRequest, now: number): JWTPayload | undefined {
  const found = findLink(deps.world, request.resourceLinkId);
  const member = found && deps.world.member(found.course, request.userId);
  if (!found || !member) return undefined;
  const { urls, tool, profile } = deps;
  const { course, link } = found;
  const iat = Math.floor(now / 1000);
  return {
    iss: urls.base,
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
    [`${CLAIM}/resource_link`]: { id: link.id, title: link.title },
    [`${CLAIM}/context`]: {
      id: course.id,
      label: `COURSE-${course.id}`,
      title: course.title,
      type: ['http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection'],
    },
    [`${CLAIM}/roles`]: [ROLE_URIS[member.role]],
    [`${CLAIM}/tool_platform`]: {
      guid: new URL(urls.base).host,
      product_family_code: profile.productFamilyCode,
      name: 'Gradewire simulator',
    },
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': gradingClaim(deps, course, link),
    'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
      context_memberships_url: urls.memberships(course.id),
      service_versions: ['2.0'],
    },
  };
}

function gradingClaim({ world, urls, tool }: LaunchDeps, course: Course, link: ResourceLink): object {
  const items = [...world.lineItems.values()].filter(
    (item) => item.courseId === course.id && item.resourceLinkId === link.id && !item.deleted,
  );
  const [only] = items;
  return {
    scope: tool.scopes.filter((scope) => scope !== SCOPES.membershipReadonly),
    lineitems: urls.lineItems(course.id),
    // Named only where there is no doubt which one is meant.
    ...(items.length === 1 && only ? { lineitem: urls.lineItem(only) } : {}),
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
