import type { ServerResponse } from 'node:http';

const INTERVAL_MS = 250;

/** Server-sent events for open pages: `change`, at most four times a second. */
export class ChangeStream {
  readonly #open = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;

  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  changed(): void {
    if (this.#open.size === 0 || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const response of this.#open) response.write('event: change\ndata: {}\n\n');
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const response of this.#open) response.destroy();
  }
}
