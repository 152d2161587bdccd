// Who is signed in, and what went wrong with it.

import { AccountError } from '../api/account';
import type { Account, AccountClient, Session } from '../api/account';

export class AccountState {
  who = $state.raw<Pick<Account, 'email' | 'name'> | null>(null);
  sessions = $state.raw<Session[] | null>(null);

  constructor(
    readonly client: AccountClient,
    /** The device shows others' favourites now, or nobody's. */
    readonly changed: () => void,
  ) {
    this.who = client.remembered();
  }

  /** Hears what other devices do to the session. Returns how to stop. */
  watch(ended: () => void): () => void {
    const stops = [
      this.client.onEnded(() => {
        this.#leave();
        ended();
      }),
      this.client.onChanged(this.changed),
    ];
    return () => stops.forEach((stop) => stop());
  }

  async look(): Promise<void> {
    if (this.who) this.who = await this.client.current();
  }

  async register(email: string, password: string, name: string): Promise<void> {
    this.who = await this.client.register(email, password, name);
    this.changed();
  }

  async signIn(email: string, password: string): Promise<void> {
    this.who = await this.client.signIn(email, password);
    this.changed();
  }

  async signOut(): Promise<void> {
    await this.client.signOut();
    this.#leave();
  }

  async erase(password: string): Promise<void> {
    await this.client.erase(password);
    this.#leave();
  }

  async loadSessions(): Promise<void> {
    this.sessions = await this.client.sessions();
  }

  async endSession(session: Session): Promise<void> {
    await this.client.endSession(session.id);
    this.sessions = (this.sessions ?? []).filter(({ id }) => id !== session.id);
  }

  #leave(): void {
    this.who = null;
    this.sessions = null;
    this.changed();
  }
}

export const accountErrorOf = (thrown: unknown): AccountError =>
  thrown instanceof AccountError ? thrown : new AccountError('internal');
