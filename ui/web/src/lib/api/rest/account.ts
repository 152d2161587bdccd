// The shopper's account at the shop. The session is a cookie that no script can read; beside it lies only who it was,
// so that the page knows before the first answer whether there is anything to ask.

import type { Account, AccountClient, AccountCode } from '../account';
import { AccountError } from '../account';
import type { ShopClient } from '../shop/client';
import { ShopError } from '../shop/client';
import { hasEnded } from './sync';
import type { AccountSync } from './sync';
import { saveFile } from './system';

const key = 'knytt-account';
type Remembered = Pick<Account, 'email' | 'name'>;

const codes: Record<string, AccountCode> = {
  wrong_login: 'wrong_login',
  password_refused: 'password_refused',
  too_many_attempts: 'too_many_attempts',
  not_signed_in: 'not_signed_in',
  token_invalid: 'not_signed_in',
  // The address is the only thing in these bodies that a shopper can get wrong beside the password.
  bad_request: 'bad_address',
  last_admin: 'last_admin',
  offline: 'offline',
  busy: 'busy',
  rate_limited: 'busy',
};

const failed = (thrown: unknown): AccountError => {
  if (thrown instanceof AccountError) return thrown;
  if (!(thrown instanceof ShopError)) return new AccountError('internal');
  return new AccountError(codes[thrown.code] ?? 'internal', thrown.retryAfterSecs);
};

export class RestAccount implements AccountClient {
  #heard = new Set<() => void>();

  constructor(
    readonly shop: ShopClient,
    readonly sync: () => Promise<AccountSync>,
  ) {}

  remembered(): Remembered | null {
    try {
      return JSON.parse(localStorage.getItem(key) ?? 'null') as Remembered | null;
    } catch {
      return null;
    }
  }

  current(): Promise<Account | null> {
    return this.#ask(async () => {
      if (!this.remembered()) return null;
      const account = await this.shop.get('/api/v1/auth/me').catch((thrown: unknown) => {
        if (!hasEnded(thrown)) throw thrown;
        this.ended();
        return null;
      });
      if (account) this.#remember(account);
      return account;
    });
  }

  register(email: string, password: string, name: string): Promise<Account> {
    return this.#ask(async () => {
      await this.shop.post('/api/v1/auth/register', { body: { email, password, name } });
      // The shop does not say whether the address had an account; the password does.
      return this.signIn(email, password).catch((thrown: unknown) => {
        throw thrown instanceof AccountError && thrown.code === 'wrong_login'
          ? new AccountError('taken')
          : thrown;
      });
    });
  }

  signIn(email: string, password: string): Promise<Account> {
    return this.#ask(async () => {
      await this.shop.post('/api/v1/auth/login', { body: { email, password, tokens: false } });
      // Over plain HTTP a browser drops the cookie without a word.
      const account = await this.shop.get('/api/v1/auth/me').catch((thrown: unknown) => {
        throw hasEnded(thrown) ? new AccountError('not_kept') : thrown;
      });
      this.#remember(account);
      // What cannot be sent now waits; it does not undo the signing in.
      await (await this.sync()).begin().catch(() => undefined);
      return account;
    });
  }

  signOut(): Promise<void> {
    return this.#ask(async () => {
      const sync = await this.sync();
      await sync.run().catch(() => undefined);
      await this.shop.post('/api/v1/auth/logout').catch((thrown: unknown) => {
        if (!hasEnded(thrown)) throw thrown;
      });
      this.#forget();
      await sync.leave();
    });
  }

  changePassword(before: string, after: string): Promise<void> {
    return this.#ask(async () => {
      await this.shop.post('/api/v1/auth/password', { body: { old: before, new: after } });
    });
  }

  sessions() {
    return this.#ask(() => this.shop.get('/api/v1/me/sessions'));
  }

  endSession(id: string): Promise<void> {
    return this.#ask(async () => {
      await this.shop.delete('/api/v1/me/sessions/{id}', { path: { id } });
    });
  }

  export(): Promise<void> {
    return this.#ask(async () => {
      await (await this.sync()).run();
      const everything = await this.shop.get('/api/v1/me/export');
      const file = new Blob([JSON.stringify(everything, null, 2)], { type: 'application/json' });
      await saveFile(file, 'knytt-account.json');
    });
  }

  erase(password: string): Promise<void> {
    return this.#ask(async () => {
      await this.shop.delete('/api/v1/auth/me', { body: { password } });
      this.#forget();
      await (await this.sync()).leave();
    });
  }

  onEnded(heard: () => void): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  onChanged(heard: () => void): () => void {
    const stopping = new AbortController();
    const { signal } = stopping;
    const look = () => {
      if (document.visibilityState === 'visible')
        void this.sync().then((sync) => sync.run().catch(() => undefined));
    };
    // Who comes back to the page, or to the network, sees what was done elsewhere.
    window.addEventListener('online', look, { signal });
    document.addEventListener('visibilitychange', look, { signal });
    void this.sync().then((sync) => {
      const stop = sync.onChanged(heard);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop);
    });
    return () => stopping.abort();
  }

  /** The session ended elsewhere. What is on this device stays, and goes to the account of the next sign-in. */
  ended(): void {
    if (!this.remembered()) return;
    this.#forget();
    for (const heard of this.#heard) heard();
  }

  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (thrown) {
      if (hasEnded(thrown)) this.ended();
      throw failed(thrown);
    }
  }

  #remember({ email, name }: Account): void {
    try {
      localStorage.setItem(key, JSON.stringify({ email, name } satisfies Remembered));
    } catch {
      // A private window without storage: signed in for as long as the page is open.
    }
  }

  #forget(): void {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }
}
