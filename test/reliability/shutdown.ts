import type { Attack } from './attack.ts';
import { shutdownInFlight } from './shutdown/in-flight.ts';
import { upgrade } from './shutdown/upgrade.ts';
import { shutdownWithoutRedis } from './shutdown/without-redis.ts';

/** A process that is asked to go goes, with nothing half done; two versions can work side by side. */
export const shutdownAttacks: readonly Attack[] = [shutdownInFlight, shutdownWithoutRedis, upgrade];
