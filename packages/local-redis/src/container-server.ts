import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { StartedTestContainer } from 'testcontainers';
import { findFreePort } from './free-port.ts';
import type { RunningServer } from './running-server.ts';

const IMAGE = 'redis:7-bookworm';
const CONTAINER_PORT = 6379;

export interface ContainerServerOptions {
  /** Folder of this machine that keeps the data; absent: the data goes with the container. */
  dir?: string | undefined;
  port?: number | undefined;
  arguments: readonly string[];
}

/** Whether a container runtime answers; the docker program alone says nothing. */
export async function hasContainerRuntime(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return await getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/** A Redis in a container on a fixed port, removed by testcontainers' reaper should this process be killed. */
export class ContainerServer implements RunningServer {
  readonly how = `${IMAGE} in a container`;
  readonly pid = undefined;
  readonly #options: ContainerServerOptions;
  #container: StartedTestContainer | undefined;
  #port: number | undefined;

  constructor(options: ContainerServerOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  get url(): string {
    return `redis://${this.#container?.getHost() ?? '127.0.0.1'}:${this.port}`;
  }

  get port(): number {
    if (this.#port === undefined) throw new Error('the server has not been started');
    return this.#port;
  }

  async start(): Promise<void> {
    if (this.#container) {
      await (await this.#runtimeContainer(this.#container)).start();
      return;
    }
    const { GenericContainer, Wait } = await import('testcontainers');
    this.#port ??= await findFreePort();
    const container = new GenericContainer(IMAGE)
      .withExposedPorts({ container: CONTAINER_PORT, host: this.#port })
      .withCommand(['redis-server', '--dir', '/data', ...this.#options.arguments])
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/));
    if (this.#options.dir !== undefined) {
      await mkdir(this.#options.dir, { recursive: true });
      const { uid, gid } = userInfo();
      container.withBindMounts([{ source: this.#options.dir, target: '/data' }]).withUser(`${uid}:${gid}`);
    }
    this.#container = await container.start();
  }

  async kill(): Promise<void> {
    if (this.#container) await (await this.#runtimeContainer(this.#container)).kill({ signal: 'SIGKILL' });
  }

  async stop(): Promise<void> {
    const container = this.#container;
    this.#container = undefined;
    await container?.stop();
  }

  async #runtimeContainer(container: StartedTestContainer) {
    const { getContainerRuntimeClient } = await import('testcontainers');
    return (await getContainerRuntimeClient()).container.getById(container.getId());
  }
}
