import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/served.css';
import AppView from './App.svelte';
import { connect } from './lib/api/connect';
import { i18n, spokenOf } from './lib/i18n/i18n.svelte';
import { App } from './lib/state/app.svelte';
import { takeOver } from './lib/util/served';

const target = document.getElementById('app')!;
if (/^\/admin\/?$/u.test(location.pathname)) {
  // The staff's pages: nothing of them is loaded otherwise.
  const { show } = await import('./console/show');
  show(target);
} else {
  const app = new App(await connect());
  // The shopper's own choice comes with the first answer; until then, what the address or the system prefers.
  app.settings.paint();
  await i18n.use(spokenOf(app.settings.current.language, navigator.languages));
  const content = takeOver(target);
  mount(AppView, { target, props: { app } });
  content.whenReplaced();
  if (app.client.place === 'shop') {
    // A shortcut of the installed app.
    if (new URLSearchParams(location.search).has('camera')) app.camera.show();
    void import('./lib/pwa').then(({ install }) => install(app.notices));
  }
}
