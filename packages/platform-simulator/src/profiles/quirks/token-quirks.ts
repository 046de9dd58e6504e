import { quirk, rules } from './quirk.ts';

/** How a token is had. */
export const TOKEN_QUIRKS = {
  audRule: quirk('none: Moodle, Open edX; arrayOk: Canvas, Blackboard; fixed: Brightspace', {
    none: rules('token', { audience: 'ignored' }),
    tokenUrl: rules('token', { audience: 'tokenUrlAlone' }),
    arrayOk: rules('token', { audience: 'tokenUrl' }),
    fixed: rules('token', { audience: { fixed: 'https://api.brightspace.com/auth/token' } }),
  }),
  issMustEqualSub: quirk('on: Brightspace (FAQ), Sakai pull 14711; off: Blackboard, Canvas', {
    on: rules('token', { issuer: 'clientId' }),
    off: rules('token', { issuer: 'ignored' }),
  }),
  jtiReplay: quirk('refused: Sakai pull 14711; accepted: Canvas, Moodle', {
    refused: rules('token', { jti: 'once' }),
    accepted: rules('token', { jti: 'ignored' }),
  }),
  iatWindow: quirk('canvas: 5 minutes old, 30 s ahead (jwt_validator.rb); none: Moodle', {
    canvas: rules('token', { maxAgeSeconds: 300, futureLeewaySeconds: 30 }),
    none: (profile) => {
      const { maxAgeSeconds: _, ...rules } = profile.token;
      return { ...profile, token: { ...rules, futureLeewaySeconds: 0 } };
    },
  }),
  scopePolicy: quirk('trim: Moodle; trimToNone: Open edX; refuse: Sakai, Canvas', {
    trim: rules('token', { scopes: 'trim' }),
    trimToNone: rules('token', { scopes: 'trimToNone' }),
    refuse: rules('token', { scopes: 'refuse' }),
  }),
  tokenLifetime: quirk('RFC 6749 section 5.1 lets it be left out', {
    untold: rules('token', { lifetimeUntold: true }),
  }),
  tokenForm: quirk('Blackboard, Canvas, Open edX, Sakai', { jwt: rules('token', { tokenForm: 'jwt' }) }),
  tokenHost: quirk('Blackboard: the developer portal; Brightspace: auth.brightspace.com', {
    foreign: (profile) => ({ ...profile, elsewhere: [...(profile.elsewhere ?? []), 'token'] }),
  }),
};
