import { type Fault, type FaultAction, type FaultEndpoint, passesOn } from './fault.ts';
import { RateGate } from './rate-gate.ts';

/** What a fault can match on. */
export interface FaultSubject {
  endpoint: FaultEndpoint;
  method: string;
  userId?: string;
  lineItemId?: string;
  courseId?: string;
}

export interface FaultState extends Fault {
  id: string;
  matched: number;
  fired: number;
  spent: boolean;
}

/** What the faults make of one request. */
export interface FaultPlan {
  faultIds: string[];
  delayMs: number;
  /** The delay comes between carrying the request out and answering. */
  delayAfter: boolean;
  skewMs: number;
  revokeTokens: boolean;
  answer?: FaultAction;
}

interface Entry {
  state: FaultState;
  gate?: RateGate;
}

/** The scripted faults, in the order they were added. Chance comes from a seed, so that a run can be had again. */
export class FaultBook {
  readonly #entries = new Map<string, Entry>();
  readonly #random: () => number;
  #lastId = 0;
  #fired = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  get fired(): number {
    return this.#fired;
  }

  add(fault: Fault): string {
    this.#lastId += 1;
    const id = fault.id ?? `f${this.#lastId}`;
    const entry: Entry = { state: { ...fault, id, matched: 0, fired: 0, spent: false } };
    if (fault.action.kind === 'throttle' && fault.action.ratePerSecond !== undefined) {
      entry.gate = new RateGate(fault.action.ratePerSecond, fault.action.burst ?? 1);
    }
    this.#entries.set(id, entry);
    return id;
  }

  remove(id: string): boolean {
    return this.#entries.delete(id);
  }

  clear(): void {
    this.#entries.clear();
  }

  resetCount(): void {
    this.#fired = 0;
  }

  list(): FaultState[] {
    return [...this.#entries.values()].map(({ state }) => structuredClone(state));
  }

  /** Undefined when no fault fires. `now` in ms, for rates. */
  plan(subject: FaultSubject, now: number): FaultPlan | undefined {
    if (this.#entries.size === 0) return undefined;
    let plan: FaultPlan | undefined;
    for (const entry of this.#entries.values()) {
      if (!this.#fires(entry, subject, now)) continue;
      const { state } = entry;
      plan ??= { faultIds: [], delayMs: 0, delayAfter: false, skewMs: 0, revokeTokens: false };
      plan.faultIds.push(state.id);
      if (!passesOn(state.action)) {
        plan.answer = state.action;
        break;
      }
      this.#addCircumstance(plan, state.action);
    }
    return plan;
  }

  #fires({ state, gate }: Entry, subject: FaultSubject, now: number): boolean {
    if (state.spent || !matches(state, subject)) return false;
    state.matched += 1;
    if (state.match?.nth !== undefined && state.matched !== state.match.nth) return false;
    if (state.probability !== undefined && this.#random() >= state.probability) return false;
    if (gate?.admits(now)) return false;
    state.fired += 1;
    this.#fired += 1;
    state.spent = state.fired >= (state.count ?? Number.POSITIVE_INFINITY) || state.match?.nth !== undefined;
    return true;
  }

  #addCircumstance(plan: FaultPlan, action: FaultAction): void {
    if (action.kind === 'delay') {
      plan.delayMs += action.ms + (action.jitterMs ?? 0) * this.#random();
      plan.delayAfter ||= action.apply === true;
    } else if (action.kind === 'clockSkew') plan.skewMs += action.ms;
    else plan.revokeTokens = true;
  }
}

function matches({ match }: FaultState, subject: FaultSubject): boolean {
  if (match?.endpoint === undefined) {
    if (subject.endpoint === 'jwksFetch') return false;
  } else if (![match.endpoint].flat().includes(subject.endpoint)) return false;
  return (
    (match?.method === undefined || match.method === subject.method) &&
    (match?.userId === undefined || match.userId === subject.userId) &&
    (match?.lineItemId === undefined || match.lineItemId === subject.lineItemId) &&
    (match?.courseId === undefined || match.courseId === subject.courseId)
  );
}
