// A rule as a form has it: every field a text, empty where the rule says nothing.

import type { Replacement, Rule, RuleAction, Synonym } from './api';

export type ActionKind = RuleAction['kind'];
export const actionKinds: ActionKind[] = ['pin', 'boost', 'bury', 'hide', 'filter', 'banner', 'redirect'];
export type QueryKind = 'none' | 'exact' | 'contains';
export const queryKinds: QueryKind[] = ['none', 'exact', 'contains'];

export interface ActionForm {
  kind: ActionKind;
  product: string;
  place: number;
  products: string;
  conditions: string;
  by: number;
  text: string;
  address: string;
}

export interface RuleForm {
  id: string;
  name: string;
  paused: boolean;
  query: QueryKind;
  words: string;
  category: string;
  language: string;
  from: string;
  until: string;
  actions: ActionForm[];
}

export const newAction = (kind: ActionKind = 'pin'): ActionForm => ({
  kind,
  product: '',
  place: 1,
  products: '',
  conditions: '',
  by: 0.2,
  text: '',
  address: '',
});

/** The parts of a text with commas or line breaks. */
export const listed = (text: string): string[] =>
  text
    .split(/[,\n]/u)
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** A moment as `datetime-local` takes it, in the time of this place. */
export function moment(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '';
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function formOf(rule: Rule): RuleForm {
  const { query, category, language, fromMs, untilMs } = rule.when ?? {};
  return {
    id: rule.id,
    name: rule.name ?? '',
    paused: rule.paused ?? false,
    query: query?.kind ?? 'none',
    words: query?.words ?? '',
    category: category ?? '',
    language: language ?? '',
    from: moment(fromMs),
    until: moment(untilMs),
    actions: rule.then.map(actionFormOf),
  };
}

function actionFormOf(action: RuleAction): ActionForm {
  const form = newAction(action.kind);
  if ('what' in action) {
    form.products = (action.what.products ?? []).join(', ');
    form.conditions = (action.what.conditions ?? []).join(', ');
  }
  if ('by' in action) form.by = Number(action.by.toFixed(3));
  if (action.kind === 'pin') [form.product, form.place] = [action.product, action.place];
  if (action.kind === 'banner') form.text = action.text;
  if (action.kind === 'filter') form.conditions = action.conditions.join(', ');
  if (action.kind === 'redirect') form.address = action.address;
  return form;
}

export function ruleOf(form: RuleForm): Rule {
  const when: NonNullable<Rule['when']> = {};
  if (form.query !== 'none') when.query = { kind: form.query, words: form.words.trim() };
  if (form.category.trim()) when.category = form.category.trim();
  if (form.language.trim()) when.language = form.language.trim().toLowerCase();
  if (form.from) when.fromMs = new Date(form.from).getTime();
  if (form.until) when.untilMs = new Date(form.until).getTime();
  const rule: Rule = { id: form.id, when, then: form.actions.map(actionOf) };
  if (form.name.trim()) rule.name = form.name.trim();
  if (form.paused) rule.paused = true;
  return rule;
}

function actionOf(form: ActionForm): RuleAction {
  const what = { products: listed(form.products), conditions: listed(form.conditions) };
  switch (form.kind) {
    case 'pin':
      return { kind: 'pin', product: form.product.trim(), place: form.place };
    case 'boost':
    case 'bury':
      return { kind: form.kind, what, by: form.by };
    case 'hide':
      return { kind: 'hide', what };
    case 'banner':
      return { kind: 'banner', text: form.text.trim() };
    case 'filter':
      return { kind: 'filter', conditions: listed(form.conditions) };
    case 'redirect':
      return { kind: 'redirect', address: form.address.trim() };
  }
}

/** An id that no rule has yet, of a name's letters. */
export function freeId(name: string, taken: readonly string[]): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .slice(0, 50);
  const base = plain || 'rule';
  let [id, number] = [base, 2];
  while (taken.includes(id)) id = `${base}-${number++}`;
  return id;
}

export const synonymText = (synonym: Synonym): string =>
  synonym.kind === 'both' ? synonym.words.join(' ↔ ') : `${synonym.from} → ${synonym.to.join(', ')}`;

export const replacementText = ({ product, by }: Replacement): string => `${product} → ${by}`;
