// What went wrong with an account, in the shopper's language.

import type { AccountCode, AccountError } from '../api/account';
import { t } from './i18n.svelte';
import type { Key } from './i18n.svelte';

const texts: Record<Exclude<AccountCode, 'too_many_attempts'>, Key> = {
  wrong_login: 'account.wrongLogin',
  password_refused: 'account.passwordRefused',
  bad_address: 'account.badAddress',
  not_signed_in: 'account.ended',
  not_kept: 'account.notKept',
  taken: 'account.taken',
  last_admin: 'account.lastAdmin',
  offline: 'account.offline',
  busy: 'account.busy',
  internal: 'problem.internal',
};

/** One or two sentences. `known`: who asks is signed in, so only the password can be wrong. */
export function accountText({ code, retryAfterSecs }: AccountError, known = false): string {
  if (code === 'too_many_attempts') return t('account.tooMany', { count: retryAfterSecs ?? 30 });
  if (code === 'wrong_login' && known) return t('account.wrongPassword');
  return t(texts[code]);
}

/** What a session's browser and system are called, from what the client called itself; empty if that is unknown. */
export function agentName(agent: string): string {
  const browsers: [RegExp, string][] = [
    [/Edg\//u, 'Edge'],
    [/OPR\//u, 'Opera'],
    [/Firefox\//u, 'Firefox'],
    [/(?:Headless)?Chrome\//u, 'Chrome'],
    [/Safari\//u, 'Safari'],
  ];
  const systems: [RegExp, string][] = [
    [/Android/u, 'Android'],
    [/iPhone|iPad/u, 'iOS'],
    [/Windows/u, 'Windows'],
    [/Mac OS X/u, 'macOS'],
    [/CrOS/u, 'ChromeOS'],
    [/Linux/u, 'Linux'],
  ];
  const first = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(agent))?.[1];
  return [first(browsers), first(systems)].filter(Boolean).join(' · ');
}
