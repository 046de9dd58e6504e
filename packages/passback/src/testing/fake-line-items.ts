import type { LineItem, PlatformAnswer, PlatformRequest, SendRequest } from '@gradewire/ags';

/** What happens to one POST: `lost` is done and its answer never comes; `slow` is done after its sender gave up. */
export type Fault =
  | { kind: 'lost' }
  | { kind: 'neverArrives' }
  | { kind: 'slow'; afterMs: number }
  | { kind: 'status'; status: number; body?: string; applied?: boolean };

/** The line items of one course, as a platform would keep them, behind a `send`. */
export class FakeLineItems {
  readonly url = 'https://a.example/lineitems?type_id=7';
  readonly items: LineItem[] = [];
  readonly faults: Fault[] = [];
  /** What the list is answered with instead. */
  listAnswer: { status: number; body: string } | undefined;
  /** Answers a POST that names a resource link. */
  refusesLink: { status: number; body: string } | undefined;
  validTokens: Set<string> | undefined;
  latencyMs = 2;
  lists = 0;
  creates = 0;
  #next = 1;

  readonly send: SendRequest = async (request) => {
    await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (this.validTokens && !this.validTokens.has(token)) return answer(401, '{"error":"expired"}');
    return request.method === 'GET' ? this.#list(new URL(request.url)) : await this.#create(request);
  };

  add(item: Partial<LineItem>): LineItem {
    const made = {
      id: `https://a.example/lineitems/${this.#next++}?type_id=7`,
      label: '',
      scoreMaximum: 1,
      ...item,
    };
    this.items.push(made);
    return made;
  }

  #list(url: URL): PlatformAnswer {
    this.lists++;
    if (this.listAnswer) return answer(this.listAnswer.status, this.listAnswer.body);
    const { searchParams } = url;
    const found = this.items.filter(
      (item) =>
        [null, item.resourceLinkId].includes(searchParams.get('resource_link_id')) &&
        [null, item.resourceId].includes(searchParams.get('resource_id')) &&
        [null, item.tag].includes(searchParams.get('tag')),
    );
    return answer(200, JSON.stringify(found));
  }

  async #create(request: PlatformRequest): Promise<PlatformAnswer> {
    this.creates++;
    const item = JSON.parse(request.body ?? '{}') as Partial<LineItem>;
    if (this.refusesLink && item.resourceLinkId)
      return answer(this.refusesLink.status, this.refusesLink.body);
    const fault = this.faults.shift();
    if (!fault) return answer(201, JSON.stringify(this.add(item)));
    if (fault.kind === 'status') {
      if (fault.applied) this.add(item);
      return answer(fault.status, fault.body ?? '');
    }
    if (fault.kind === 'neverArrives') return noAnswer('CONNECT_REFUSED', false);
    if (fault.kind === 'lost') this.add(item);
    else setTimeout(() => this.add(item), fault.afterMs);
    return noAnswer('TIMEOUT', true);
  }
}

function answer(status: number, body: string): PlatformAnswer {
  return {
    kind: 'response',
    stage: 'lineItem',
    status,
    reasonPhrase: '',
    headers: { 'content-type': 'application/json' },
    body,
    truncated: false,
    durationMs: 1,
  };
}

function noAnswer(code: 'TIMEOUT' | 'CONNECT_REFUSED', maybeSeen: boolean): PlatformAnswer {
  return { kind: 'noResponse', stage: 'lineItem', code, maybeSeen, detail: code, durationMs: 1 };
}
