// What the console asks the server, with the types of its description.

import { ShopClient, ShopError } from '../../lib/api/shop/client';
import type { Schemas } from '../../lib/api/shop/client';
import { say, sayOf } from './words';

export type Account = Schemas['Account'];
export type Catalog = Schemas['CatalogEntry'];
export type Job = Schemas['Job'];
export type Release = Schemas['MadeRelease'];
export type Difference = Schemas['Difference'];
export type Problem = Schemas['JobProblem'];
export type Rule = Schemas['MerchandisingRule'];
export type RuleAction = Schemas['RuleAction'];
export type Replacement = Schemas['Replacement'];
export type Look = Schemas['ShopLook'];
export type Synonym = Schemas['Synonym'];
export type Document = Schemas['Merchandising'];

export const api = new ShopClient();

/** What went wrong, for people. */
export function reason(thrown: unknown): string {
  if (!(thrown instanceof ShopError)) return String(thrown);
  if (thrown.status === 0) return say('offline');
  const { title, detail, code } = thrown.problem;
  const known = sayOf('refused', code);
  if (known !== code) return known;
  return detail ? `${title}: ${detail}` : title;
}

export const hasEnded = (job: Job): boolean => job.state !== 'waiting' && job.state !== 'running';

/** Whether this role publishes; the server decides, this only hides what it would refuse. */
export const publishes = (account: Account): boolean =>
  account.role === 'publisher' || account.role === 'admin';

/** Whether this role changes rules and synonyms. */
export const edits = (account: Account): boolean => account.role === 'merchandiser' || publishes(account);
