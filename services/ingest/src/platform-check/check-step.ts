import { type Diagnosis, type FindingCode, hintOf, type ProfileName } from '@gradewire/passback';

/** What is tried, in this order. */
export const STEP_NAMES = [
  'configuration',
  'reachable',
  'token',
  'keys',
  'scopes',
  'clock',
  'lineItems',
  'lineItem',
] as const;

/** One thing that was tried. A `reason` beside `ok` is a warning: it works, but not all that could. */
export interface CheckStep {
  name: (typeof STEP_NAMES)[number];
  ok: boolean;
  reason?: FindingCode;
  /** What was found. */
  detail: string;
  /** What to do about it. */
  hint?: string;
  ms: number;
}

export function passed(name: CheckStep['name'], detail: string, ms = 0): CheckStep {
  return { name, ok: true, detail, ms: Math.round(ms) };
}

export function failed(
  name: CheckStep['name'],
  { finding, detail }: Diagnosis,
  profile: ProfileName,
  ms = 0,
): CheckStep {
  const hint = hintOf(finding, profile, name === 'lineItems' || name === 'lineItem');
  return { name, ok: false, reason: finding, detail, hint, ms: Math.round(ms) };
}

/** Passed, with something to know. */
export function warned(...step: Parameters<typeof failed>): CheckStep {
  return { ...failed(...step), ok: true };
}
