import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { MEDIA_TYPES, SCOPES } from '../profiles/profile.ts';
import type { Simulator } from '../simulator.ts';

export interface Answer {
  status: number;
  reason: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** One request over node:http, which shows the reason phrase and sends no header of its own but `Host`. */
export function ask(url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The form body of an access token request. */
export function tokenForm(assertion: string, scope: string = Object.values(SCOPES).join(' ')): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope,
  }).toString();
}

/** A tool with a key and a key set on a port of its own, that does what it is told, right or wrong. */
export class FakeTool implements AsyncDisposable {
  keys: JWK[] = [];
  /** Status of the key set; 0 cuts the connection. */
  jwksStatus = 200;
  jwksRequests = 0;
  privateKey!: CryptoKey;
  kid = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((_request, response) => {
      this.jwksRequests += 1;
      if (this.jwksStatus === 0) response.destroy();
      else
        response
          .writeHead(this.jwksStatus, { 'content-type': 'application/json' })
          .end(JSON.stringify({ keys: this.keys }));
    });
  }

  static async start(): Promise<FakeTool> {
    const tool = new FakeTool();
    await tool.useNewKey();
    await new Promise<void>((resolve) => tool.#server.listen(0, '127.0.0.1', resolve));
    return tool;
  }

  get jwksUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks.json`;
  }

  /** Makes a key and adds it to the key set; from now on it signs. */
  async useNewKey(alg = 'RS256', kid: string = randomUUID()): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    this.keys = [
      ...this.keys.filter((key) => key.kid !== kid),
      { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    ];
    this.privateKey = privateKey;
    this.kid = kid;
  }

  /** A good client assertion, but for what is changed; `undefined` leaves a claim out. */
  async assertion(
    simulator: Simulator,
    claims: JWTPayload = {},
    header: { alg?: string; kid?: string | undefined } = {},
  ): Promise<string> {
    const { clientId, tokenUrl } = simulator.registration;
    const iat = Math.floor(Date.now() / 1000) - 5;
    const payload: JWTPayload = {
      iss: clientId,
      sub: clientId,
      aud: tokenUrl,
      iat,
      exp: iat + 65,
      jti: randomUUID(),
      ...claims,
    };
    return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
      .setProtectedHeader(JSON.parse(JSON.stringify({ alg: 'RS256', kid: this.kid, ...header })))
      .sign(this.privateKey);
  }

  async askToken(simulator: Simulator, assertion: string, scope?: string): Promise<Answer> {
    return ask(simulator.registration.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: tokenForm(assertion, scope),
    });
  }

  /** An access token with the given scopes; all by default. */
  async token(simulator: Simulator, scope?: string): Promise<string> {
    const answer = await this.askToken(simulator, await this.assertion(simulator), scope);
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.body}`);
    return (JSON.parse(answer.body) as { access_token: string }).access_token;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A tool's calls with one token and the right media types. */
export class Client {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  get(url: string, accept?: string): Promise<Answer> {
    return this.send('GET', url, accept === undefined ? {} : { headers: { accept } });
  }

  createItem(lineItemsUrl: string, item: unknown): Promise<Answer> {
    return this.send('POST', lineItemsUrl, typed(MEDIA_TYPES.lineItem, item));
  }

  putItem(url: string, item: unknown): Promise<Answer> {
    return this.send('PUT', url, typed(MEDIA_TYPES.lineItem, item));
  }

  deleteItem(url: string): Promise<Answer> {
    return this.send('DELETE', url);
  }

  postScore(lineItemUrl: string, score: unknown): Promise<Answer> {
    return this.send('POST', on(lineItemUrl, '/scores'), typed(MEDIA_TYPES.score, score));
  }

  results(lineItemUrl: string, query = ''): Promise<Answer> {
    const url = on(lineItemUrl, '/results');
    return this.get(
      query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`,
      MEDIA_TYPES.results,
    );
  }

  send(method: string, url: string, { headers = {}, body }: Ask = {}): Promise<Answer> {
    return ask(url, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** A score that grades, but for what is changed. */
export function score(userId: string, scoreGiven: number | null, change: Record<string, unknown> = {}) {
  return {
    userId,
    ...(scoreGiven === null ? {} : { scoreGiven, scoreMaximum: 100 }),
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    timestamp: '2026-01-01T10:00:00.000Z',
    ...change,
  };
}

/** `/scores` and `/results` go before the query. */
export function on(url: string, suffix: string): string {
  const [path, query] = url.split('?');
  return `${path?.replace(/\/$/, '')}${suffix}${query === undefined ? '' : `?${query}`}`;
}

function typed(contentType: string, value: unknown): Ask {
  return {
    headers: { 'content-type': contentType },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  };
}
