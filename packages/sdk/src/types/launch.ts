/** The claims of a launch by their names in its id_token, such as `https://purl.imsglobal.org/spec/lti-ags/claim/endpoint`. */
export type LaunchClaims = Record<string, unknown>;

/**
 * A launch to register: the `id_token` as the platform posted it, which is verified (its nonce is yours to check), or claims
 * that you verified or took down earlier. Without a `platformId` the platform is found by issuer, audience and deployment.
 */
export type LaunchInput =
  | { platformId?: string; idToken: string }
  | { platformId?: string; claims: LaunchClaims };

/** What is known of a resource link, whoever launched it. `scopes` is what the platform said the tool may ask for. */
export interface Launch {
  launchId: string;
  platformId: string;
  resourceLinkId?: string;
  contextId?: string;
  lineItemUrl?: string;
  lineItemsUrl?: string;
  membershipsUrl?: string;
  scopes: string[];
  title?: string;
  updatedAt: string;
}
