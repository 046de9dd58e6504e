import type { IncomingMessage, ServerResponse } from 'node:http';
import { ChangeStream } from './control/change-stream.ts';
import { createControlApi } from './control/control-api.ts';
import type { Fault } from './faults/fault.ts';
import type { FaultState } from './faults/fault-book.ts';
import { parseFault } from './faults/parse-fault.ts';
import { seededRandom } from './faults/random.ts';
import { FrontDoor } from './front-door.ts';
import { Listener } from './http/listener.ts';
import type { RequestEntry, RequestFilter } from './journal.ts';
import { Keeper } from './keep.ts';
import type { SimulatorOptions } from './options.ts';
import { Platform } from './platform.ts';
import type { Profile } from './profiles/profile.ts';
import { isProfileName, PROFILES } from './profiles/profiles.ts';
import { withQuirks } from './profiles/quirks/quirks.ts';
import { type Launch, type LaunchRequest, launchClaims } from './services/launch.ts';
import { PlatformUrls } from './services/urls.ts';
import {
  type CellState,
  type CourseState,
  cellState,
  coursesOf,
  type Registration,
  registrationOf,
  type SimulatorState,
  stateOf,
} from './state.ts';
import { NotFoundError, Teacher } from './teacher.ts';
import { registerTool, type ToolInput } from './token/registration.ts';
import type { LineItemInput } from './world/inputs.ts';
import { defaultCourses, seedWorld } from './world/seed.ts';
import { World } from './world/world.ts';

/**
 * Starts a learning platform on a port of its own.
 * @throws when the port is busy, the profile unknown, or the kept gradebook unreadable
 */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = new Simulator(options);
  await simulator.open();
  return simulator;
}

/** A running platform, for whoever runs it in the same process. The control API offers the same over HTTP. */
export class Simulator implements AsyncDisposable {
  readonly profile: Profile;
  readonly #options: SimulatorOptions;
  readonly #world: World;
  readonly #listener: Listener;
  /** The other host of a profile that has things elsewhere: another port. */
  readonly #otherHost: Listener | undefined;
  #running: Running | undefined;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.profile = withQuirks(profileOf(options.profile ?? 'generic'), options.quirks ?? {});
    const { lineItems: lineItemIds } = this.profile.ids;
    this.#world = new World({
      historyLength: options.history ?? 50,
      ...(lineItemIds ? { lineItemIds } : {}),
    });
    const host = options.host ?? '127.0.0.1';
    this.#listener = new Listener(host, options.port ?? 0, (request, response) => {
      this.#onRequest(request, response, false);
    });
    // Whoever gives a public URL puts everything behind it.
    if (this.profile.elsewhere?.length && options.publicUrl === undefined) {
      this.#otherHost = new Listener(host, 0, (request, response) => {
        this.#onRequest(request, response, true);
      });
    }
  }

  /** Listens and loads what was kept. Called once, by `createSimulator`. */
  async open(): Promise<void> {
    await this.comeUp();
    try {
      this.#running = await this.#assemble(this.#options, this.profile);
    } catch (error) {
      await this.goDown();
      throw error;
    }
  }

  get url(): string {
    return this.#run.platform.urls.base;
  }

  /** What somebody registers about this platform at Gradewire. */
  get registration(): Registration {
    return registrationOf(this.#run.platform);
  }

  get courses(): CourseState[] {
    return coursesOf(this.#run.platform);
  }

  get teacher(): Teacher {
    return this.#run.teacher;
  }

  state(): SimulatorState {
    return stateOf(this.#run.platform, !this.#listener.listening || this.#run.door.isDown);
  }

  /** A student's entry in a column, found by the line item's URL; undefined when there is none. */
  cell(lineItemUrl: string, userId: string): CellState | undefined {
    const { urls } = this.#run.platform;
    const item = [...this.#world.lineItems.values()].find((each) => urls.lineItem(each) === lineItemUrl);
    const cell = item?.cells.get(userId);
    return item && cell ? cellState(item, cell) : undefined;
  }

  /** Has the platform lose a student's grade, or go back to an older one, as a restored backup does: nobody is told. */
  restoreCell(lineItemUrl: string, userId: string, score: number | null): void {
    const { urls } = this.#run.platform;
    const item = [...this.#world.lineItems.values()].find((each) => urls.lineItem(each) === lineItemUrl);
    if (!item) throw new NotFoundError(`no line item ${lineItemUrl}`);
    this.#world.restoreCell(item, userId, score);
  }

  requests(filter?: RequestFilter): RequestEntry[] {
    return this.#run.platform.journal.requests(filter);
  }

  /** A teacher adds a column; returns its URL. */
  addLineItem(courseId: string, input: LineItemInput = {}): string {
    return this.#run.platform.urls.lineItem(this.teacher.addLineItem(courseId, input));
  }

  /** @returns the fault's id */
  addFault(fault: Fault): string {
    return this.#run.platform.faults.add(parseFault(fault));
  }
  removeFault(id: string): boolean {
    return this.#run.platform.faults.remove(id);
  }
  clearFaults(): void {
    this.#run.platform.faults.clear();
  }
  faults(): FaultState[] {
    return this.#run.platform.faults.list();
  }

  /** @returns how many tokens there were */
  revokeTokens(): number {
    return this.#run.platform.tokens.revokeAll();
  }
  setTool(change: ToolInput): void {
    const { platform } = this.#run;
    platform.tool = { ...platform.tool, ...change };
  }
  setClockSkew(ms: number): void {
    this.#run.platform.skewMs = ms;
  }
  setLatency(ms: number): void {
    this.#run.platform.latencyMs = ms;
  }

  /** Signs the id_token of a launch. */
  async launch(request: LaunchRequest): Promise<Launch> {
    const { platform } = this.#run;
    const claims = launchClaims(platform, request, platform.now());
    if (!claims) throw new NotFoundError('no such resource link, or no such user in its course');
    return { idToken: await platform.key.sign(claims), claims };
  }

  /** Closes the listener and cuts every connection: connection refused. */
  async goDown(): Promise<void> {
    await Promise.all([this.#listener.shut(), this.#otherHost?.shut()]);
  }
  /** Listens again, on the same port. */
  async comeUp(): Promise<void> {
    await Promise.all([this.#listener.open(), this.#otherHost?.open()]);
  }

  /** Counters, log and faults start afresh; the gradebook stays. */
  resetCounters(): void {
    const { journal, faults } = this.#run.platform;
    journal.reset();
    faults.clear();
    faults.resetCount();
  }

  /** Writes the gradebook to the data folder, if there is one. */
  async save(): Promise<void> {
    await this.#run.keeper?.save();
  }

  async close(): Promise<void> {
    const { platform, keeper, changes } = this.#run;
    platform.close();
    changes.close();
    await this.goDown();
    await keeper?.save();
    keeper?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #run(): Running {
    if (!this.#running) throw new Error('the simulator is not open');
    return this.#running;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, elsewhere: boolean): void {
    const running = this.#running;
    if (!running) {
      response.destroy();
      return;
    }
    running.handle(request, response, elsewhere).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  }

  async #assemble(options: SimulatorOptions, profile: Profile): Promise<Running> {
    const host = options.host ?? '127.0.0.1';
    const shownHost = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host;
    const base = options.publicUrl ?? `http://${shownHost}:${this.#listener.port}`;
    const elsewhere = this.#otherHost ? `http://${shownHost}:${this.#otherHost.port}` : base;
    const tool = registerTool(options.tool ?? {}, profile.deploymentId);
    const now = options.now ?? Date.now;
    const throttle = options.throttle === false ? undefined : (options.throttle ?? profile.throttle);
    const platform = new Platform({
      profile,
      world: this.#world,
      urls: new PlatformUrls(base, profile, tool.deploymentId, elsewhere),
      tool,
      now,
      random: seededRandom(options.seed ?? 1),
      latencyMs: options.latencyMs ?? 0,
      tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? profile.token.expiresInSeconds,
      ...(throttle ? { throttle } : {}),
      requestLogSize: options.requestLogSize ?? 10_000,
    });
    const keeper = await this.#openKeeper(platform);
    seedWorld(this.#world, options.courses ?? defaultCourses(profile.launch), profile.ids, now());
    const door = new FrontDoor(platform);
    const teacher = new Teacher(this.#world, profile, () => platform.now());
    const changes = new ChangeStream();
    this.#world.onChange(() => {
      changes.changed();
      keeper?.schedule();
    });
    const control = createControlApi({ simulator: this, platform, door, teacher, changes });
    const handle: Running['handle'] = async (request, response, isElsewhere) => {
      if (!isElsewhere && (await control(request, response))) return;
      await door.handle(request, response, isElsewhere);
    };
    return { platform, door, teacher, changes, handle, ...(keeper ? { keeper } : {}) };
  }

  async #openKeeper(platform: Platform): Promise<Keeper | undefined> {
    if (this.#options.dataFolder === undefined) return undefined;
    const keeper = new Keeper(this.#options.dataFolder, this.profile.name, async () => {
      const platformKey = await platform.key.keep();
      return {
        version: 1,
        world: this.#world.keep(),
        tokens: platform.tokens.keep(),
        ...(platformKey ? { platformKey } : {}),
      };
    });
    const kept = await keeper.load();
    if (kept) {
      this.#world.restore(kept.world);
      platform.tokens.restore(kept.tokens);
      if (kept.platformKey) platform.key.restore(kept.platformKey);
    }
    return keeper;
  }
}

interface Running {
  platform: Platform;
  door: FrontDoor;
  teacher: Teacher;
  changes: ChangeStream;
  keeper?: Keeper;
  handle: (request: IncomingMessage, response: ServerResponse, elsewhere: boolean) => Promise<void>;
}

function profileOf(profile: string | Profile): Profile {
  if (typeof profile !== 'string') return profile;
  if (!isProfileName(profile)) {
    throw new TypeError(`no profile "${profile}"; there are ${Object.keys(PROFILES).join(', ')}`);
  }
  return PROFILES[profile];
}
