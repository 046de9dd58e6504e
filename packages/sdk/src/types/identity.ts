import type { UserSelector } from './score.ts';

/** A student as a sender knows them. `sourcedId` is the school's own id, `senderId` one of the sender's own. */
export type Identity =
  | { github: string }
  | { email: string }
  | { sourcedId: string }
  | { name: string }
  | { senderId: string };

/** Who a sender's student is: by the platform's own id, or by what the roster of a course knows. */
export type IdentityInput = { identity: Identity } & (
  | { userId: string; user?: never }
  | { user: UserSelector; userId?: never }
);

/** A row of the table by which senders' students are found. */
export interface IdentityRow {
  identity: Identity;
  userId?: string;
  user?: UserSelector;
  updatedAt: string;
}

/** `replayed`: how many deliveries are tried again, since these students may have been what they lacked. */
export interface IdentitiesStored {
  platformId: string;
  stored: number;
  replayed: number;
}
