// A rule in a line of words.

import type { Rule, RuleAction } from './api';
import { say, sayOf, time } from './words';

export function summaryOf(rule: Rule): string {
  const { query, category, language, fromMs, untilMs } = rule.when ?? {};
  const when = [
    query ? `${sayOf('query', query.kind)} “${query.words}”` : '',
    category ? `${say('category')}: ${category}` : '',
    language ? `${say('language')}: ${language}` : '',
    fromMs ? `${say('from')} ${time(fromMs)}` : '',
    untilMs ? `${say('until')} ${time(untilMs)}` : '',
  ].filter((part) => part !== '');
  return `${when.join(', ') || say('always')} → ${rule.then.map(actionWords).join('; ')}`;
}

function actionWords(action: RuleAction): string {
  const name = sayOf('action', action.kind);
  switch (action.kind) {
    case 'pin':
      return `${name} ${action.product} → ${action.place}`;
    case 'banner':
      return `${name} “${action.text}”`;
    case 'redirect':
      return `${name} ${action.address}`;
    case 'filter':
      return `${name} ${action.conditions.join(', ')}`;
    default:
      return `${name} ${[...(action.what.products ?? []), ...(action.what.conditions ?? [])].join(', ')}`;
  }
}
