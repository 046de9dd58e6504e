import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server that can go away (connection refused) and come back on the same port. */
export class Listener {
  readonly #host: string;
  readonly #server;
  #port: number;

  constructor(host: string, port: number, onRequest: RequestListener) {
    this.#host = host;
    this.#port = port;
    this.#server = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: 64 * 1024 }, onRequest);
  }

  /** Set once it has listened. */
  get port(): number {
    return this.#port;
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  async open(): Promise<void> {
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts every connection. */
  async shut(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
