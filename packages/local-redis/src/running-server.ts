/** A Redis server that was started here, as a process or in a container. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** In words, where the server came from. */
  readonly how: string;
  /** Undefined while it is down, and for a container. */
  readonly pid: number | undefined;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}
