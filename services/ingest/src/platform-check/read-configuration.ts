import type { SendRequest } from '@gradewire/ags';
import { addressProblem, type PlatformInput } from '@gradewire/passback';
import { invalid } from '../http/validate.ts';
import { fetchConfiguration } from './fetch-configuration.ts';
import { fillIn } from './openid-configuration.ts';

/**
 * Fills in what the platform's OpenID configuration says; what the input names itself stays. Without an
 * `openidConfigurationUrl` the input comes back as it is.
 * @throws Problem `INVALID` when it may not or cannot be read, or does not say what it must
 */
export async function readConfiguration(
  input: PlatformInput,
  { send, allowPrivateNetworks }: { send: SendRequest; allowPrivateNetworks: boolean },
): Promise<PlatformInput> {
  const { openidConfigurationUrl: url } = input;
  if (url === undefined) return input;
  const refuse = (detail: string) => invalid([{ pointer: '/openidConfigurationUrl', detail }]);
  // The address is judged before anything is sent there.
  const problem = addressProblem(url, allowPrivateNetworks);
  if (problem) throw refuse(problem);
  const fetched = await fetchConfiguration(url, send);
  if (!fetched.ok) throw refuse(fetched.problem);
  const filled = fillIn(
    { ...input, openidConfigurationUrl: url },
    fetched.configuration,
    allowPrivateNetworks,
  );
  if ('problems' in filled) throw invalid(filled.problems);
  return filled;
}
