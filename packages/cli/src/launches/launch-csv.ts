import type { CsvTable } from '@gradewire/autograders';
import { CLAIM, given, type ImportedLaunch, type ImportedLaunches } from './imported-launch.ts';

const TITLES = [
  'platformId',
  'issuer',
  'clientId',
  'deploymentId',
  'contextId',
  'resourceLinkId',
  'title',
  'lineItemUrl',
  'lineItemsUrl',
  'membershipsUrl',
];

/** What a launch is made of, by the names that the API gives it. */
export type LaunchFields = Partial<Record<(typeof TITLES)[number], string | undefined>>;

/** Reads a CSV with a line per course or link: `contextId,resourceLinkId,lineItemsUrl,lineItemUrl`, and more if known. */
export function readLaunchCsv({ titles, rows }: CsvTable, source: string): ImportedLaunches {
  const unknown = titles.filter((title) => !TITLES.includes(title));
  if (unknown.length > 0 || titles.length === 0) {
    const names = unknown.map((name) => `"${name}"`).join(', ');
    const message = titles.length === 0 ? 'is empty' : `unknown column ${names}`;
    return { launches: [], problems: [{ source, message, hint: `Known are ${TITLES.join(', ')}.` }] };
  }
  return { launches: rows.map(({ line, cells }) => launchFrom(cells, `${source}:${line}`)), problems: [] };
}

/** A launch by its parts. What is missing or wrong the API tells. */
export function launchFrom(fields: LaunchFields, source: string): ImportedLaunch {
  const { platformId, issuer, clientId, deploymentId, contextId, resourceLinkId, title } = fields;
  const { lineItemUrl, lineItemsUrl, membershipsUrl } = fields;
  const part = (members: Record<string, unknown>) => {
    const there = given(members);
    return Object.keys(there).length > 0 ? there : undefined;
  };
  const claims = given({
    iss: issuer,
    aud: clientId,
    [CLAIM.deploymentId]: deploymentId,
    [CLAIM.context]: part({ id: contextId }),
    [CLAIM.resourceLink]: part({ id: resourceLinkId, ...(resourceLinkId ? { title } : {}) }),
    [CLAIM.grades]: part({ lineitem: lineItemUrl, lineitems: lineItemsUrl }),
    [CLAIM.roster]: part({ context_memberships_url: membershipsUrl }),
  });
  return { source, claims, ...(platformId ? { platformId } : {}) };
}
