// The models of the desktop app: their state for the window, and what it says when something becomes of them.

import type { ModelClient } from '../api/models';
import type { ModelEvent } from '../api/generated/ModelEvent';
import { isQuiet } from '../api/problem';
import { t } from '../i18n/i18n.svelte';
import { problemText } from '../i18n/problems';
import type { App } from './app.svelte';
import { ModelsState } from './models.svelte';

/** Returns a function that stops listening. */
export function followModels(app: App, client: ModelClient): () => void {
  const models = new ModelsState(client);
  app.models = models;
  return client.onEvents((event) => {
    models.hear(event);
    if (event.kind === 'moved') app.moved(event.model);
    else if (event.kind === 'ended') ended(app, event);
  });
}

function ended(app: App, { task, name, problem, model }: ModelEvent & { kind: 'ended' }): void {
  if (model && app.start) app.start = { ...app.start, model };
  if (problem) {
    // The settings show it; elsewhere a notice says it.
    if (!isQuiet(problem) && app.router.route.name !== 'settings')
      app.notices.say(problemText(problem, 'model'), 'bad');
  } else if (task === 'get') app.notices.say(t('models.got', { name }));
  else if (task === 'measure') app.notices.say(t('models.measured', { name }));
  else {
    app.notices.say(t('models.used', { name, catalog: app.openName }));
    // What was found with the other model is no answer any more.
    if (app.start?.catalog && !app.session.live) void app.session.run(false);
  }
  const wanting = app.catalogs.list.find(({ sync }) => sync?.wantedModel === name);
  if (task === 'get' && !problem && wanting) void app.catalogs.update(wanting.path);
}
