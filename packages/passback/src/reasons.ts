/** What a reason code means to a person, and whether it is the platform or the score that is at fault. */
export interface Reason {
  /** What happened and what to do about it, for somebody who knows no LTI. */
  hint: string;
  /** Every score of the platform would meet it: many in a row hold the lane instead of killing the scores. */
  systemic: boolean;
}

const table = {
  BAD_REQUEST: {
    hint: 'The platform could not read the request we built. This is a fault of ours, not of your data: report it together with the detail, then replay once it is fixed.',
    systemic: false,
  },
  REJECTED: {
    hint: 'The platform refused this score without a reason we know. Read its words in the detail, put right what they name, then replay or send the score again.',
    systemic: false,
  },
  UNAUTHORIZED: {
    hint: 'The platform did not accept our access, not even with a freshly issued pass. Ask its administrator whether the tool is still installed and allowed to write grades, then replay.',
    systemic: true,
  },
  CREDENTIALS_REJECTED: {
    hint: 'The platform does not recognise us. Compare the client id, the token address and the audience with its registration, and check that it can load our public keys. Waiting scores go out by themselves once it is right.',
    systemic: true,
  },
  REGISTRATION_DISABLED: {
    hint: 'The tool is switched off on the platform. Ask its administrator to switch the registration (on Canvas: the developer key) on again, then replay.',
    systemic: true,
  },
  CLOCK_SKEW: {
    hint: 'The clocks of this server and of the platform disagree. Set both by a time service (NTP); the scores go out afterwards.',
    systemic: true,
  },
  SCOPE_NOT_GRANTED: {
    hint: 'The tool is installed but may not write grades. Ask the platform administrator to allow the tool to send scores (and to manage columns, if it should create them), then replay.',
    systemic: true,
  },
  FORBIDDEN: {
    hint: 'The platform knows us but forbids this. Ask its administrator which permission the tool lacks, or whether a firewall refuses our requests, then replay.',
    systemic: true,
  },
  TOOL_NOT_IN_CONTEXT: {
    hint: 'The tool is not, or no longer, part of this course. Have a teacher add it to the course again, then replay.',
    systemic: false,
  },
  USER_NOT_IN_CONTEXT: {
    hint: 'The student is not enrolled in this course as a student, or has left it; the detail says what the member list of the course tells, where it could be read. Enrol the student again and replay, or discard the score.',
    systemic: false,
  },
  USER_NOT_FOUND: {
    hint: 'Nobody in the course goes by this id, e-mail address or name, or more than one does; the detail says which. Check it against the member list of the course (`gradewire members`), then send the score again under the right one; replay if the student has joined since.',
    systemic: false,
  },
  ROSTER_UNREADABLE: {
    hint: 'The score names the student by e-mail address, school id or name, and the member list of the course, in which to look that up, cannot be read. Ask the platform administrator to let the tool read names and roles, then replay; or send the score again with the `userId` of the platform.',
    systemic: false,
  },
  USER_NOT_GRADABLE: {
    hint: 'The course has this person, but not as somebody who is graded (a teacher, a guest, or a role without grades). Change the role on the platform and replay, or discard the score.',
    systemic: false,
  },
  GRADE_LOCKED: {
    hint: 'The grade or its column is locked in the gradebook. Have a teacher unlock it, then replay.',
    systemic: false,
  },
  RESULTS_UNREADABLE: {
    hint: 'The score was sent with `overwrite: unlessEdited`, and what the gradebook shows cannot be read, so that we do not know whether a teacher has changed it. Ask the platform administrator to let the tool read results, then replay; or send the score again with `overwrite: always`.',
    systemic: false,
  },
  FILES_NOT_TAKEN: {
    hint: 'The platform could not fetch the files that the score names, so it took neither them nor the score. Check that their addresses can be opened from anywhere and have not expired, then replay, or send the score again with new addresses.',
    systemic: false,
  },
  LINE_ITEM_NOT_FOUND: {
    hint: 'The gradebook has no column for this work and we were not told to create one. Create the column on the platform, or send the score again with `create` in its target.',
    systemic: false,
  },
  NO_GRADE_SERVICE: {
    hint: 'When this link was opened, the platform did not tell where its gradebook is. Allow the grade service (AGS) for the tool on the platform, open the link once more so that the launch is registered anew, then replay.',
    systemic: false,
  },
  LINE_ITEM_GONE: {
    hint: 'The gradebook column is no longer there: a teacher may have deleted it, or the course has ended. Send the score with the new column as its target, or with `create`, or discard it.',
    systemic: false,
  },
  LINE_ITEM_NOT_OURS: {
    hint: 'The gradebook column belongs to another tool, so we may not write to it. Correct the target of the score.',
    systemic: false,
  },
  LINE_ITEM_AMBIGUOUS: {
    hint: 'Several gradebook columns fit this work and none was used before. Choose one of them (`gradewire line-item duplicates` lists them, `gradewire line-item adopt` chooses) and replay, or name the column by its `lineItemUrl` in the target.',
    systemic: false,
  },
  CANNOT_CREATE_LINE_ITEM: {
    hint: 'The platform does not let us create a gradebook column. Have a teacher create it, or the administrator allow the tool to manage columns, then replay.',
    systemic: false,
  },
  CANNOT_CHANGE_LINE_ITEM: {
    hint: 'The platform does not let us change or delete this gradebook column: it belongs to an assignment, or the tool may not manage columns. Have a teacher do it on the platform, or the administrator allow the tool to.',
    systemic: false,
  },
  CONTEXT_GONE: {
    hint: 'The course no longer exists on the platform, or its address has changed. Check the target of the score; discard the score if the course was deleted.',
    systemic: false,
  },
  CONTEXT_CONCLUDED: {
    hint: 'The course has ended and takes no more grades. Have the platform administrator open it again and replay, or discard the score.',
    systemic: false,
  },
  UNPUBLISHED: {
    hint: 'The assignment is not published yet, so it cannot take grades. Have the teacher publish it, then replay.',
    systemic: false,
  },
  ATTEMPTS_EXHAUSTED: {
    hint: 'The student has used all attempts that the assignment allows. Have the teacher allow more attempts, then replay.',
    systemic: false,
  },
  ORIGIN_NOT_ALLOWED: {
    hint: 'An address that we were to send to is not among the addresses registered for this platform, or lies in a private network. If it is right, add it to the `serviceOrigins` of the platform, then replay.',
    systemic: true,
  },
  UNEXPECTED_REDIRECT: {
    hint: 'The platform sent us to another page (a login page, maintenance, or a new address) instead of taking the score. Check the address in the target and whether the platform has moved, then replay.',
    systemic: true,
  },
  UNEXPECTED_RESPONSE: {
    hint: 'A web page answered where the gradebook should have. Usually a login or maintenance page, or a proxy, stands in front of the platform: have it let our requests through, then replay.',
    systemic: true,
  },
  EXPIRED: {
    hint: 'It was tried again and again for as long as is allowed, and never worked; the detail says what it kept failing with. Once the platform is well, replay.',
    systemic: false,
  },
  CRASHED: {
    hint: 'Delivering this score stopped our workers more than once, so we set it aside. This is a fault of ours: report it, then replay once it is fixed.',
    systemic: false,
  },
  NEWER_SCORE: {
    hint: 'A newer score for the same student and column took its place. Nothing to do.',
    systemic: false,
  },
  NEWER_ON_PLATFORM: {
    hint: 'The gradebook already has a newer grade, for instance one that a teacher entered. Nothing to do, unless that grade is wrong: then send the score again with the present time.',
    systemic: false,
  },
  WOULD_CLEAR_GRADE: {
    hint: 'This report says that work is in progress; it would have taken the place of a grade that is shown or on its way, so we kept the grade. Send it with `force` if the grade is to go.',
    systemic: false,
  },
  KEPT_TEACHERS_GRADE: {
    hint: 'The gradebook does not show what we sent last: a teacher entered, changed or took away the grade. The score was sent with `overwrite: unlessEdited`, so it was left as the teacher wants it. Nothing to do; to replace it all the same, send the score again with `overwrite: always`.',
    systemic: false,
  },
  UNCHANGED: {
    hint: 'The gradebook already shows exactly this score, so nothing was sent. Nothing to do; `force` sends it again.',
    systemic: false,
  },
  THROTTLED: {
    hint: 'The platform asked us to slow down. We wait and carry on by ourselves; lower the limits of the platform if it happens often.',
    systemic: true,
  },
  PLATFORM_DOWN: {
    hint: 'The platform does not answer, or answers that it is out of order. We try again by ourselves; nothing is lost and nothing needs a replay.',
    systemic: true,
  },
} satisfies Record<string, Reason>;

/** Every reason of the API: of dead letters, of superseded and delivered scores, and of held lanes. */
export type ReasonCode = keyof typeof table;

/** The meaning of each reason code. */
export const REASONS: Readonly<Record<ReasonCode, Reason>> = table;

/** Whether a text is one of the reason codes. */
export function isReasonCode(value: unknown): value is ReasonCode {
  return typeof value === 'string' && Object.hasOwn(table, value);
}
