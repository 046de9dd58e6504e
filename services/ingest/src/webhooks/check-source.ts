import { checkTargetOrigins, type Platform, type Target, type WebhookSourceInput } from '@gradewire/passback';
import { secretProblem } from '@gradewire/webhooks';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { invalid } from '../http/validate.ts';

export type CheckParts = Pick<Context, 'platforms' | 'launches' | 'slowMapper' | 'trialPlaces'>;

/**
 * Checks what a schema cannot: that the platform is known and the target is its own, and that the mapping can be read.
 * @throws Problem
 */
export async function checkSource(
  { platforms, launches, slowMapper, trialPlaces }: CheckParts,
  { platformId, target, mapping }: WebhookSourceInput,
): Promise<void> {
  const platform = await platforms.get(platformId);
  if (!platform) {
    const errors = [{ pointer: '/platformId', detail: 'names no registered platform' }];
    throw new Problem('UNKNOWN_PLATFORM', { errors });
  }
  if (mapping !== undefined) {
    const wrong = await trialPlaces.within(platformId, () => slowMapper.problemOf(mapping));
    if (wrong !== undefined) throw invalid([{ pointer: '/mapping', detail: wrong }]);
  }
  if (target) requireOrigins(target as Target, platform);
  if (target && 'launchId' in target && !(await launches.get(platformId, target.launchId))) {
    const errors = [{ pointer: '/target/launchId', detail: 'names no launch of this platform' }];
    throw new Problem('UNKNOWN_LAUNCH', { errors });
  }
}

/**
 * The secrets that a source is to have: those given, else those of before, which have to suit its scheme too.
 * @throws Problem `INVALID`
 */
export function secretsOf(
  { scheme, secrets }: Pick<WebhookSourceInput, 'scheme' | 'secrets'>,
  former: { secrets: readonly string[] } | undefined,
): readonly string[] {
  if (secrets) {
    const problems = secrets.flatMap((secret, i) => {
      const detail = secretProblem(scheme, secret);
      return detail ? [{ pointer: `/secrets/${i}`, detail }] : [];
    });
    if (problems.length > 0) throw invalid(problems);
    return secrets;
  }
  const kept = former?.secrets ?? [];
  if (kept.length > 0 && kept.every((secret) => secretProblem(scheme, secret) === undefined)) return kept;
  throw invalid([{ pointer: '/secrets', detail: whyRequired(former) }]);
}

function whyRequired(former: { secrets: readonly string[] } | undefined): string {
  if (!former) return 'is required';
  return former.secrets.length > 0
    ? 'is required: those of before do not suit the scheme'
    : 'is required: those of before cannot be opened with the encryption key';
}

function requireOrigins(target: Target, platform: Platform): void {
  const foreign = checkTargetOrigins(target, platform);
  const [first] = foreign;
  if (!first) return;
  throw new Problem('ORIGIN_NOT_ALLOWED', { errors: foreign, detail: `${first.pointer} ${first.detail}` });
}
