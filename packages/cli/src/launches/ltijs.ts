import {
  CLAIM,
  given,
  type ImportedLaunch,
  type ImportedLaunches,
  type LaunchProblem,
} from './imported-launch.ts';
import { isObject, type JsonDocument } from './json-documents.ts';

type Fields = Record<string, unknown>;

/** Whether it is a document of ltijs: of its collection `idtokens` or `contexttokens`, or a whole token that an app kept. */
export function looksLikeLtijs(value: unknown): boolean {
  return isObject(value) && (isIdToken(value) || isContextToken(value));
}

/**
 * Reads documents of ltijs 5. Where grades go is in `contexttokens`; of which platform they are is in `idtokens` only, so the two
 * are read together: the id of a context token begins with issuer, client id and deployment. A token that an app kept whole has
 * its context in `platformContext`. With a `platformId` the context tokens suffice.
 */
export function readLtijs(
  documents: readonly JsonDocument[],
  platformId: string | undefined,
): ImportedLaunches {
  const launches: ImportedLaunch[] = [];
  const problems: LaunchProblem[] = [];
  const owners = documents.flatMap(({ value }) => (isObject(value) && isIdToken(value) ? [value] : []));
  for (const { source, value } of documents) {
    if (!isObject(value)) problems.push({ source, message: 'is no document of ltijs' });
    else if (isIdToken(value)) {
      if (isObject(value.platformContext)) launches.push(launchOf(value.platformContext, value, source));
    } else if (isContextToken(value)) {
      const owner = ownerOf(value, owners);
      if (owner || platformId !== undefined) launches.push(launchOf(value, owner ?? {}, source));
      else problems.push({ source, ...NO_OWNER });
    } else problems.push({ source, message: 'is no document of ltijs' });
  }
  return { launches, problems };
}

const NO_OWNER = {
  message: 'does not say of which platform it is',
  hint: 'Give the export of the collection idtokens as well, or --platform.',
};

function isIdToken({ iss, clientId }: Fields): boolean {
  return typeof iss === 'string' && typeof clientId === 'string';
}

function isContextToken({ contextId, context, resource, endpoint }: Fields): boolean {
  return typeof contextId === 'string' && (isObject(context) || isObject(resource) || isObject(endpoint));
}

/** By the beginning of the id; the longest, since one deployment's name can be the beginning of another's. */
function ownerOf({ contextId }: Fields, owners: readonly Fields[]): Fields | undefined {
  const prefix = ({ iss, clientId, deploymentId = '' }: Fields) =>
    encodeURIComponent(`${iss}${clientId}${deploymentId}`);
  return owners
    .filter((owner) => String(contextId).startsWith(prefix(owner)))
    .sort((a, b) => prefix(b).length - prefix(a).length)[0];
}

function launchOf(
  context: Fields,
  { iss, clientId, deploymentId, createdAt }: Fields,
  source: string,
): ImportedLaunch {
  const claims = given({
    iss,
    aud: clientId,
    iat: secondsOf(context.createdAt ?? createdAt),
    [CLAIM.deploymentId]: deploymentId,
    [CLAIM.messageType]: context.messageType,
    [CLAIM.context]: context.context,
    [CLAIM.resourceLink]: context.resource,
    [CLAIM.grades]: context.endpoint,
    [CLAIM.roster]: context.namesRoles,
  });
  return { source, claims };
}

/** MongoDB's dates are ISO texts, or ms in its canonical form. */
function secondsOf(date: unknown): number | undefined {
  const ms = typeof date === 'number' ? date : Date.parse(String(date));
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}
