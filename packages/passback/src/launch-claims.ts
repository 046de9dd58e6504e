import { LAUNCH_CLAIMS } from '@gradewire/ags';
import { z } from 'zod';
import { nameField, urlField } from './input-fields.ts';
import { type LaunchNews, launchIdOf } from './launch.ts';
import { type Problem, pointerTo } from './problem.ts';

const MAX_TITLE_LENGTH = 255;
/** Far more than platforms have; a launch is kept for long. */
const MAX_SCOPES = 100;
const MAX_SCOPE_LENGTH = 512;

// Platforms write null for what they do not know (Canvas), and add members of their own to every claim.
const gradesClaim = z.looseObject({
  scope: z
    .array(z.string().max(MAX_SCOPE_LENGTH))
    .max(MAX_SCOPES)
    .nullish()
    .meta({ description: 'What the tool may ask for.' }),
  lineitems: urlField().nullish().meta({ description: 'The columns of the course.' }),
  lineitem: urlField().nullish().meta({ description: 'The column of the link, when it has just one.' }),
});
const rosterClaim = z.looseObject({ context_memberships_url: urlField().nullish() });
const placeClaim = z.looseObject({ id: nameField(512).nullish(), title: z.unknown().optional() });

/**
 * The claims of a launch that say where grades and rosters are, named as in an id_token (LTI 1.3, AGS 2.0, NRPS 2.0). All others
 * are passed over; what a launch needs of these, {@link checkLaunchPlace} and {@link checkLaunchServices} tell.
 */
export const launchClaimsSchema = z
  .looseObject({
    iss: z.string().optional().meta({ description: 'The issuer. Checked if given.' }),
    aud: z
      .union([z.string(), z.array(z.string())], { error: 'must be a client id, or a list of them' })
      .optional()
      .meta({ description: "The platform's id of the tool. Checked if given." }),
    iat: z.number().optional().meta({ description: 'When it was launched, in s. Default: now.' }),
    [LAUNCH_CLAIMS.deploymentId]: z.string().optional().meta({ description: 'Checked if given.' }),
    [LAUNCH_CLAIMS.messageType]: z.string().optional().meta({ description: 'Checked if given.' }),
    [LAUNCH_CLAIMS.resourceLink]: placeClaim.nullish(),
    [LAUNCH_CLAIMS.context]: placeClaim.nullish(),
    [LAUNCH_CLAIMS.grades]: gradesClaim.nullish(),
    [LAUNCH_CLAIMS.roster]: rosterClaim.nullish(),
  })
  .meta({
    id: 'LaunchClaims',
    description: 'Claims of a launch by their names in the id_token; others are passed over.',
    example: {
      [LAUNCH_CLAIMS.resourceLink]: { id: 'link-9', title: 'Lab 3' },
      [LAUNCH_CLAIMS.context]: { id: 'course-7' },
      [LAUNCH_CLAIMS.grades]: {
        scope: ['https://purl.imsglobal.org/spec/lti-ags/scope/score'],
        lineitems: 'https://lms.example/api/lti/courses/7/line_items',
        lineitem: 'https://lms.example/api/lti/courses/7/line_items/31',
      },
    },
  });

export type LaunchClaims = z.output<typeof launchClaimsSchema>;

/** A launch stands for a resource link, or at least for a course. */
export function checkLaunchPlace(claims: LaunchClaims): Problem[] {
  const { resourceLinkId, contextId } = factsOf(claims);
  if (resourceLinkId !== undefined || contextId !== undefined) return [];
  const detail = 'is required, with an id, unless the context is given';
  return [{ pointer: pointerTo([LAUNCH_CLAIMS.resourceLink]), detail }];
}

/**
 * What was handed over for scores has to say where they go. A launch that the platform itself made need not: it can lack the
 * grade service, and tell of it the next time.
 */
export function checkLaunchServices(claims: LaunchClaims): Problem[] {
  const { lineItemUrl, lineItemsUrl, membershipsUrl } = factsOf(claims);
  if (lineItemUrl !== undefined || lineItemsUrl !== undefined || membershipsUrl !== undefined) return [];
  const detail = 'is required, with lineitems or lineitem, unless the names and roles claim is given';
  return [{ pointer: pointerTo([LAUNCH_CLAIMS.grades]), detail }];
}

/** The URLs of a launch that do not belong to the platform: a token goes only to its registered origins. */
export function checkLaunchOrigins(
  claims: LaunchClaims,
  platform: { serviceOrigins: readonly string[] },
): Problem[] {
  const { lineItemUrl, lineItemsUrl, membershipsUrl } = factsOf(claims);
  const named = [
    [[LAUNCH_CLAIMS.grades, 'lineitem'], lineItemUrl],
    [[LAUNCH_CLAIMS.grades, 'lineitems'], lineItemsUrl],
    [[LAUNCH_CLAIMS.roster, 'context_memberships_url'], membershipsUrl],
  ] as const;
  return named.flatMap(([path, url]) => {
    if (url === undefined || platform.serviceOrigins.includes(new URL(url).origin)) return [];
    const allowed = platform.serviceOrigins.join(', ');
    return [{ pointer: pointerTo(path), detail: `is not on an origin of this platform (${allowed})` }];
  });
}

/**
 * What a launch tells of its resource link.
 * @param now in milliseconds; the time of a launch that does not say its own, and the latest that it can say
 */
export function launchNewsOf(platformId: string, claims: LaunchClaims, now: number): LaunchNews {
  const { iat } = claims;
  const { resourceLinkId, contextId, ...facts } = factsOf(claims);
  const told = {
    ...(contextId !== undefined && { contextId }),
    ...(resourceLinkId !== undefined && { resourceLinkId }),
  };
  return {
    id: launchIdOf(platformId, contextId, resourceLinkId),
    platformId,
    ...told,
    ...facts,
    updatedAt: iat !== undefined && iat > 0 ? Math.min(Math.round(iat * 1000), now) : now,
  };
}

function factsOf(claims: LaunchClaims): Omit<LaunchNews, 'id' | 'platformId' | 'updatedAt'> {
  const link = claims[LAUNCH_CLAIMS.resourceLink];
  const grades = claims[LAUNCH_CLAIMS.grades];
  const title = link?.title;
  const facts = {
    contextId: claims[LAUNCH_CLAIMS.context]?.id,
    resourceLinkId: link?.id,
    lineItemUrl: grades?.lineitem,
    lineItemsUrl: grades?.lineitems,
    membershipsUrl: claims[LAUNCH_CLAIMS.roster]?.context_memberships_url,
    scopes: grades?.scope,
    title: typeof title === 'string' && title !== '' ? title.slice(0, MAX_TITLE_LENGTH) : undefined,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined && fact !== null));
}
