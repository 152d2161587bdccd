import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/served.css';
import AppView from './App.svelte';
import { connect } from './lib/api/connect';
import { i18n, spokenOf, withMessages } from './lib/i18n/i18n.svelte';
import { App } from './lib/state/app.svelte';
import { lateStyle, takeOver } from './lib/util/served';

const target = document.getElementById('app')!;
if (/^\/admin\/?$/u.test(location.pathname)) {
  // The staff's pages: nothing of them is loaded otherwise.
  const { show } = await withMessages(import('./console/show'));
  await lateStyle();
  await show(target);
} else {
  const app = new App(await connect());
  // Until the first answer brings the shopper's settings, those of the address or the system apply.
  app.settings.paint();
  await i18n.use(spokenOf(app.settings.current.language, navigator.languages));
  const { models } = app.client;
  if (models) {
    const { followModels } = await withMessages(import('./lib/state/model-events'));
    followModels(app, models);
  }
  await lateStyle();
  const content = takeOver(target);
  mount(AppView, { target, props: { app } });
  content.whenReplaced();
  if (app.client.place === 'shop') {
    // A shortcut of the installed app opens the camera.
    if (new URLSearchParams(location.search).has('camera')) app.camera.show();
    void import('./lib/pwa').then(({ install }) => install(app.notices));
  }
}
