import type { Attack } from './attack.ts';

/** Every attack on a promise, in the order of docs/reliability.md. */
export const attacks: readonly Attack[] = [];
