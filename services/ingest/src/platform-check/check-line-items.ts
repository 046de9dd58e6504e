import { getLineItem, type LineItem, listLineItems } from '@gradewire/ags';
import { type Diagnosis, diagnoseService, foreignDeployment, type Platform } from '@gradewire/passback';
import type { CheckOptions } from './check-platform.ts';
import { mayReadLineItems } from './check-scopes.ts';
import { type CheckStep, failed, passed } from './check-step.ts';

interface Access {
  accessToken: string;
  scopes: readonly string[];
}

const NOT_TRIED = 'Not tried: name the line items address of a course that has the tool to try it.';
const NOT_READABLE = 'Not tried: the tool may not read columns.';

/** Reads a page of the columns of a course, if one is named. */
export async function checkLineItems(
  { platform, lineItemsUrl: url, send }: CheckOptions,
  { accessToken, scopes }: Access,
): Promise<CheckStep> {
  if (url === undefined) return passed('lineItems', NOT_TRIED);
  const foreign = foreignOrigin(platform, url);
  if (foreign) return failed('lineItems', foreign, platform.profile);
  if (!mayReadLineItems(scopes)) return passed('lineItems', NOT_READABLE);
  const startedMs = performance.now();
  const read = await listLineItems({ lineItemsUrl: url, limit: 10, maxPages: 1, accessToken, send });
  const ms = performance.now() - startedMs;
  if (!read.ok) {
    const diagnosis: Diagnosis = read.reason
      ? { finding: 'ORIGIN_NOT_REGISTERED', detail: `The list goes on elsewhere: ${read.problem}.` }
      : diagnoseService(read.answer, platform, { url, operation: 'list' });
    return failed('lineItems', diagnosis, platform.profile, ms);
  }
  const wrong = misplaced(platform, url, read.items);
  if (wrong) return failed('lineItems', wrong, platform.profile, ms);
  const count = read.items.length;
  const columns = `${read.truncated ? 'at least ' : ''}${count} column${count === 1 ? '' : 's'}`;
  return passed('lineItems', `They can be read: ${columns}.`, ms);
}

/** Reads one column, if one is named. */
export async function checkLineItem(
  { platform, lineItemUrl: url, send }: CheckOptions,
  { accessToken, scopes }: Access,
): Promise<CheckStep[]> {
  if (url === undefined) return [];
  const foreign = foreignOrigin(platform, url);
  if (foreign) return [failed('lineItem', foreign, platform.profile)];
  if (!mayReadLineItems(scopes)) return [passed('lineItem', NOT_READABLE)];
  const startedMs = performance.now();
  const read = await getLineItem({ lineItemUrl: url, accessToken, send });
  const ms = performance.now() - startedMs;
  const wrong = read.ok
    ? misplaced(platform, url, [read.value])
    : diagnoseService(read.answer, platform, { url, operation: 'get' });
  if (wrong) return [failed('lineItem', wrong, platform.profile, ms)];
  return [passed('lineItem', 'The column is there and open to us.', ms)];
}

/** What is wrong with columns that could be read: they live where no token goes, or belong to another deployment. */
function misplaced(platform: Platform, url: string, items: readonly LineItem[]): Diagnosis | undefined {
  const foreign = items.map(({ id }) => foreignOrigin(platform, id)).find(Boolean);
  if (foreign) return foreign;
  const deployment = foreignDeployment(url, platform);
  return deployment === undefined ? undefined : { finding: 'DEPLOYMENT_MISMATCH', detail: deployment };
}

function foreignOrigin({ serviceOrigins }: Platform, url: string): Diagnosis | undefined {
  const { origin } = new URL(url);
  if (serviceOrigins.includes(origin)) return undefined;
  const detail = `The address is on ${origin}; registered: ${serviceOrigins.join(', ')}.`;
  return { finding: 'ORIGIN_NOT_REGISTERED', detail };
}
