import { shortHash } from './cell.ts';

/**
 * What is known of a resource link, whoever launched it: where its grades and its roster are. A launch without a resource
 * link (course navigation as some platforms send it) stands for its context.
 */
export interface Launch {
  /** From {@link launchIdOf}. */
  id: string;
  platformId: string;
  contextId?: string;
  resourceLinkId?: string;
  /** The link's only one (AGS 2.0 section 3.1), by the last launch that named it; or the one that was found for it. */
  lineItemUrl?: string;
  lineItemsUrl?: string;
  membershipsUrl?: string;
  /** What the platform said the tool may ask for, at the last launch that said so. A token tells what it may today. */
  scopes: string[];
  /** Of the resource link. */
  title?: string;
  /** When it was launched last, as far as is known, in ms. */
  updatedAt: number;
}

/** What one launch tells. `scopes` is absent when it said nothing of them: then those known before stand. */
export type LaunchNews = Omit<Launch, 'scopes'> & { scopes?: readonly string[] };

const pattern = /^la_([a-z0-9][a-z0-9-]{0,62})_[\w-]{22}$/;

/** The id of a resource link's launches: the same link has the same one, whoever launches it and whenever. */
export function launchIdOf(
  platformId: string,
  contextId: string | undefined,
  resourceLinkId: string | undefined,
): string {
  const place = JSON.stringify([contextId ?? null, resourceLinkId ?? null]);
  return `la_${platformId}_${shortHash(place)}`;
}

/** The platform that a launch id names, or undefined when it is not a launch id. */
export function platformOfLaunch(launchId: string): string | undefined {
  return pattern.exec(launchId)?.[1];
}
