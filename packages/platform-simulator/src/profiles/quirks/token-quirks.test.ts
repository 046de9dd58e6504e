import { ask, tokenForm } from '../../testing/fake-tool.ts';
import { type Bench, FIXED_AUDIENCE, testQuirks } from '../../testing/quirk-cases.ts';
import { SCOPES } from '../profile.ts';
import { TOKEN_QUIRKS } from './token-quirks.ts';

async function tokenWith({ tool, simulator }: Bench, claims: Record<string, unknown>): Promise<number> {
  return (await tool.askToken(simulator, await tool.assertion(simulator, claims))).status;
}

async function tokenBody({ tool, simulator }: Bench, scope?: string) {
  const { status, body } = await tool.askToken(simulator, await tool.assertion(simulator), scope);
  return { status, body: JSON.parse(body) as Record<string, string> };
}

testQuirks(TOKEN_QUIRKS, {
  audRule: {
    probe: async (bench) => {
      const { tokenUrl } = bench.simulator.registration;
      const audiences = [
        'https://elsewhere.example',
        tokenUrl,
        [tokenUrl, 'https://x.example'],
        FIXED_AUDIENCE,
      ];
      return Promise.all(audiences.map((aud) => tokenWith(bench, { aud })));
    },
    plain: [401, 200, 200, 401],
    values: {
      none: [200, 200, 200, 200],
      tokenUrl: [401, 200, 401, 401],
      arrayOk: [401, 200, 200, 401],
      fixed: [401, 401, 401, 200],
    },
  },
  issMustEqualSub: {
    probe: (bench) => tokenWith(bench, { iss: 'https://tool.example' }),
    plain: 401,
    values: { on: 401, off: 200 },
  },
  jtiReplay: {
    probe: async ({ tool, simulator }) => {
      const assertion = await tool.assertion(simulator);
      const first = await tool.askToken(simulator, assertion);
      return [first.status, (await tool.askToken(simulator, assertion)).status];
    },
    plain: [200, 401],
    values: { refused: [200, 401], accepted: [200, 200] },
  },
  iatWindow: {
    // An assertion of 400 s ago that is still good, and one of 20 s ahead.
    probe: async (bench) => {
      const now = Math.floor(Date.now() / 1000);
      return [
        await tokenWith(bench, { iat: now - 400, exp: now + 60 }),
        await tokenWith(bench, { iat: now + 20, exp: now + 60 }),
      ];
    },
    plain: [401, 401],
    values: { canvas: [401, 200], none: [200, 401] },
  },
  scopePolicy: {
    probe: async (bench) => {
      bench.simulator.setTool({ scopes: [SCOPES.score] });
      const both = await tokenBody(bench, `${SCOPES.score} ${SCOPES.lineItem}`);
      const other = await tokenBody(bench, SCOPES.lineItem);
      return [both.body.scope ?? both.status, other.body.scope ?? other.status];
    },
    plain: [SCOPES.score, 400],
    values: { trim: [SCOPES.score, 400], trimToNone: [SCOPES.score, ''], refuse: [400, 400] },
  },
  tokenLifetime: {
    probe: async (bench) => 'expires_in' in (await tokenBody(bench)).body,
    plain: true,
    values: { untold: false },
  },
  tokenForm: {
    probe: async (bench) => (await tokenBody(bench)).body.access_token?.split('.').length,
    plain: 1,
    values: { jwt: 3 },
  },
  tokenHost: {
    probe: async ({ tool, simulator, client, lineItemsUrl }) => {
      const { origin, pathname } = new URL(simulator.registration.tokenUrl);
      const here = await ask(`${simulator.url}${pathname}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: tokenForm(await tool.assertion(simulator)),
      });
      const services = await client.get(`${origin}${new URL(lineItemsUrl).pathname}`);
      return [here.status, services.status];
    },
    plain: [200, 200],
    values: { foreign: [404, 404] },
  },
});
