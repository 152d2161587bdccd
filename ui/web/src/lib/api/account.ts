// The account of a shopper, where the shop keeps accounts.

import type { Schemas } from './shop/client';

export type Account = Schemas['Account'];
export type Session = Schemas['SessionEntry'];

/** Kinds of failure that the account pages tell apart. */
export type AccountCode =
  | 'wrong_login'
  | 'password_refused'
  | 'bad_address'
  | 'too_many_attempts'
  | 'not_signed_in'
  | 'not_kept'
  | 'taken'
  | 'last_admin'
  | 'offline'
  | 'busy'
  | 'internal';

/** What a failed call throws. */
export class AccountError extends Error {
  constructor(
    readonly code: AccountCode,
    /** After how many seconds it can be tried again, where the shop says so. */
    readonly retryAfterSecs: number | null = null,
  ) {
    super(code);
    this.name = 'AccountError';
  }
}

/** Every call throws `AccountError`. */
export interface AccountClient {
  /** Who was signed in when this page was open last; `current` asks the shop. */
  remembered(): Pick<Account, 'email' | 'name'> | null;
  /** Who is signed in; null if nobody is, or no more. */
  current(): Promise<Account | null>;
  /** Makes an account and signs in. `taken`: the address has one, with another password. */
  register(email: string, password: string, name: string): Promise<Account>;
  /** Signs in, and brings what is kept on this device into the account. */
  signIn(email: string, password: string): Promise<Account>;
  /** What the account keeps leaves this device; what was not sent yet is sent first. */
  signOut(): Promise<void>;
  /** All other sessions end. */
  changePassword(before: string, after: string): Promise<void>;
  sessions(): Promise<Session[]>;
  endSession(id: string): Promise<void>;
  /** Saves everything that is known of the account as a JSON file. */
  export(): Promise<void>;
  /** Erases the account, what it keeps, and its copy on this device. */
  erase(password: string): Promise<void>;
  /** Hears that this browser is signed out, because the session ended elsewhere. Returns how to stop. */
  onEnded(heard: () => void): () => void;
  /** Hears that the favourites changed on another device. Returns how to stop. */
  onChanged(heard: () => void): () => void;
}
