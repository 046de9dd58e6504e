export type ProfileName =
  | 'canvas'
  | 'moodle'
  | 'blackboard'
  | 'brightspace'
  | 'schoology'
  | 'sakai'
  | 'openedx'
  | 'generic';

/** What one platform is sent at most, all workers together. */
export interface PlatformLimits {
  concurrency?: number;
  ratePerSecond?: number;
}

/**
 * A platform as it is registered: one tenant at one learning platform. Either `issuer` and `tokenUrl`, or
 * `openidConfigurationUrl`, from which they are read. What is left out is resolved from the profile.
 */
export interface PlatformInput {
  name: string;
  clientId: string;
  issuer?: string;
  tokenUrl?: string;
  jwksUrl?: string;
  openidConfigurationUrl?: string;
  deploymentIds?: string[];
  audience?: string;
  profile?: ProfileName;
  serviceOrigins?: string[];
  limits?: PlatformLimits;
  limitGroup?: string;
  toolKeyId?: string;
}

/** A registered platform with its defaults resolved. */
export interface Platform extends PlatformInput {
  id: string;
  profile: ProfileName;
  serviceOrigins: string[];
  createdAt: string;
  updatedAt: string;
}

/**
 * One step of a platform check, in the order they were tried. `reason` is what it comes down to (docs/platforms/findings.md);
 * beside `ok` it is a warning. `ms` is how long it took.
 */
export interface PlatformCheckStep {
  name: string;
  ok: boolean;
  reason?: string;
  detail?: string;
  hint?: string;
  ms?: number;
}

/** What a check tries beside the registration: the line items of a course with the tool, and one of them. */
export interface PlatformCheckInput {
  lineItemsUrl?: string;
  lineItemUrl?: string;
}

export interface PlatformCheck {
  ok: boolean;
  steps: PlatformCheckStep[];
}
