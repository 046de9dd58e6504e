export type { Fault, FaultAction, FaultEndpoint, FaultMatch } from './faults/fault.ts';
export type { FaultState } from './faults/fault-book.ts';
export type { Counters, RequestEntry, RequestFilter } from './journal.ts';
export type { SimulatorOptions } from './options.ts';
export type { BucketRules, Profile, QuotaRules } from './profiles/profile.ts';
export { PROFILES, type ProfileName } from './profiles/profiles.ts';
export { QUIRKS, type QuirkName, type Quirks } from './profiles/quirks/quirks.ts';
export type { Launch, LaunchRequest } from './services/launch.ts';
export { createSimulator, type Simulator } from './simulator.ts';
export type {
  CellState,
  CourseState,
  LineItemState,
  Registration,
  SimulatorState,
  UserState,
} from './state.ts';
export { NotFoundError, type Teacher } from './teacher.ts';
export type { ToolInput } from './token/registration.ts';
export type { CourseInput, LineItemInput, ResourceLinkInput, UserInput } from './world/inputs.ts';
