import type { LaunchClaims } from '@gradewire/sdk';

const LTI = 'https://purl.imsglobal.org/spec/lti/claim';

/** The claims that the API wants of a launch. The others tell of a person, and are not sent. */
export const CLAIM = {
  messageType: `${LTI}/message_type`,
  deploymentId: `${LTI}/deployment_id`,
  resourceLink: `${LTI}/resource_link`,
  context: `${LTI}/context`,
  grades: 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
  roster: 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
} as const;

/** What a file says about one launch. */
export interface ImportedLaunch {
  /** The file, with `:line` where there are several in one. */
  source: string;
  platformId?: string;
  claims: LaunchClaims;
}

/** Something in a file that cannot become a launch. The rest of the import goes on. */
export interface LaunchProblem {
  source: string;
  message: string;
  hint?: string;
}

export interface ImportedLaunches {
  launches: ImportedLaunch[];
  problems: LaunchProblem[];
}

/** The members that are there: neither undefined, null nor ''. */
export function given(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}

/**
 * One entry for all that tell the same: the library that wrote them kept one for every student of a class. Of those that differ
 * only in when they were, the newest stays.
 */
export function withoutRepeats(launches: readonly ImportedLaunch[]): ImportedLaunch[] {
  const kept = new Map<string, ImportedLaunch>();
  for (const launch of launches) {
    const { iat = 0, ...told } = launch.claims;
    const name = JSON.stringify([launch.platformId, told]);
    const known = kept.get(name);
    if (!known || Number(iat) > Number(known.claims.iat ?? 0)) kept.set(name, launch);
  }
  return [...kept.values()];
}
