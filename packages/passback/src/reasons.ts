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
    hint: 'The student is not enrolled in this course as a student, or has left it. Enrol the student again and replay, or discard the score.',
    systemic: false,
  },
  USER_NOT_FOUND: {
    hint: 'The platform knows no such person. Check that the user id is the one the platform gave at launch, then send the score again under the right one.',
    systemic: false,
  },
  USER_NOT_GRADABLE: {
    hint: "This person's role in the course cannot be graded (a teacher, a guest, or a role without grades). Change the role on the platform and replay, or discard the score.",
    systemic: false,
  },
  GRADE_LOCKED: {
    hint: 'The grade or its column is locked in the gradebook. Have a teacher unlock it, then replay.',
    systemic: false,
  },
  LINE_ITEM_NOT_FOUND: {
    hint: 'The gradebook has no column for this work and we were not told to create one. Create the column on the platform, or send the score again with `create` in its target.',
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
    hint: 'Several gradebook columns fit this work and none was used before. Delete or rename the surplus ones, or name the column by its `lineItemUrl` in the target.',
    systemic: false,
  },
  CANNOT_CREATE_LINE_ITEM: {
    hint: 'The platform does not let us create a gradebook column. Have a teacher create it, or the administrator allow the tool to manage columns, then replay.',
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
    hint: 'This report says that work is in progress; sending it would have erased the grade already shown, so we kept the grade. Send it with `force` if the grade is to go.',
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
