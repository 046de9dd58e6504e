import { SCOPES } from '../profiles/profile.ts';

/** The tool as the platform's administrator registered it. */
export interface ToolRegistration {
  clientId: string;
  deploymentId: string;
  jwksUrl?: string;
  /** What the administrator permits; taken away later, it is gone from old tokens as well. */
  scopes: readonly string[];
  /** False: the administrator switched the services off. */
  enabled: boolean;
}

export interface ToolInput {
  clientId?: string;
  deploymentId?: string;
  jwksUrl?: string;
  scopes?: readonly string[];
  enabled?: boolean;
}

export function registerTool(input: ToolInput, profileDeploymentId: string): ToolRegistration {
  return {
    clientId: input.clientId ?? 'gradewire-sandbox',
    deploymentId: input.deploymentId ?? profileDeploymentId,
    ...(input.jwksUrl === undefined ? {} : { jwksUrl: input.jwksUrl }),
    scopes: input.scopes ?? Object.values(SCOPES),
    enabled: input.enabled ?? true,
  };
}
