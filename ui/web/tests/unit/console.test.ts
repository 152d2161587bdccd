// What the console says of a request that the server refuses.

import { expect, it } from 'vitest';
import { reason } from '../../src/console/lib/api';
import { ShopError } from '../../src/lib/api/shop/client';
import de from '../../src/lib/i18n/messages/console.de.json';
import en from '../../src/lib/i18n/messages/console.en.json';

const refused = (code: string, detail?: string) => {
  const problem = { type: 'about:blank', title: 'Refused', status: 422, code };
  return new ShopError(422, detail ? { ...problem, detail } : problem);
};

it('says in its own words what people often meet, and in the server’s what they seldom do', () => {
  expect(reason(refused('wrong_login'))).toBe(en['refused.wrong_login']);
  expect(reason(refused('password_refused', 'a password has 10 to 200 letters'))).toBe(
    en['refused.password_refused'],
  );
  expect(reason(refused('draft_changed', 'somebody was faster'))).toBe('Refused: somebody was faster');
  expect(de['refused.wrong_login']).not.toBe(en['refused.wrong_login']);
});
