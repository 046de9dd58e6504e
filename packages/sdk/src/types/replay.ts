/** Which scores a replay takes. `status: 'delivered'` sends delivered ones again instead of dead letters. */
export interface ReplayFilter {
  platformId: string;
  status?: 'dead' | 'delivered';
  reason?: string;
  userId?: string;
  lineItemUrl?: string;
  since?: string;
  until?: string;
}

export type ReplayInput = ({ filter: ReplayFilter } | { scoreIds: string[] }) & { ratePerSecond?: number };

export interface Replay {
  id: string;
  status: 'running' | 'done' | 'cancelled';
  matched: number;
  replayed: number;
  delivered: number;
  failed: number;
}
