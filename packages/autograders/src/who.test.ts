import { expect, test } from 'vitest';
import { whoOf } from './who.ts';

test.each([
  { name: 'a user id', of: { userId: '42' }, who: { userId: '42', identities: [] } },
  { name: 'a user id that is a number', of: { userId: 42 }, who: { userId: '42', identities: [] } },
  {
    name: 'a user',
    of: { user: { email: ' a@x.example ' } },
    who: { identities: [{ email: 'a@x.example' }] },
  },
  {
    name: 'several identities, the surest first',
    of: { identity: { name: 'Ada', sourcedId: 7, github: 'ada', senderId: 's', email: 'a@x.example' } },
    who: {
      identities: [
        { github: 'ada' },
        { email: 'a@x.example' },
        { sourcedId: '7' },
        { senderId: 's' },
        { name: 'Ada' },
      ],
    },
  },
  {
    name: 'a user before an identity',
    of: { identity: { github: 'ada' }, user: { name: 'Ada' } },
    who: { identities: [{ name: 'Ada' }, { github: 'ada' }] },
  },
  {
    name: 'nobody',
    of: { userId: ' ', user: { email: '' }, identity: { badge: '7' } },
    who: { identities: [] },
  },
  {
    name: 'nonsense',
    of: { userId: {}, user: 'ada', identity: [{ github: 'ada' }] },
    who: { identities: [] },
  },
  {
    name: 'numbers of so many digits that JSON has made the neighbour of them',
    of: JSON.parse(
      '{"userId": 10000000000000001, "identity": {"sourcedId": 1e21, "senderId": 9007199254740991}}',
    ),
    who: { identities: [{ senderId: '9007199254740991' }] },
  },
])('whoOf: $name', ({ of, who }) => {
  expect(whoOf(of)).toEqual(who);
});
