/** Somebody in a course. Names, e-mail address and school id are there only if the platform shares them. */
export interface Member {
  /** What a score names the student by. */
  userId: string;
  /** `Active`, or else they have left or are suspended. */
  status: string;
  /** As the platform writes them: URIs, or short names. */
  roles: string[];
  name?: string;
  givenName?: string;
  familyName?: string;
  email?: string;
  /** The school's own id. */
  sourcedId?: string;
}

/** Which members: of a launch's course, or of the address of a member list; of one role if wanted. */
export type MemberQuery = { platformId: string; role?: string } & (
  | { launchId: string }
  | { membershipsUrl: string }
);

/** All members of a course, as they were at `readAt`. `truncated`: the platform has more than could be read. */
export interface Roster {
  data: Member[];
  membershipsUrl: string;
  readAt: string;
  truncated?: true;
}
