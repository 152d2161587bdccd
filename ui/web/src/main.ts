import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import AppView from './App.svelte';
import { connect } from './lib/api/connect';
import { i18n, spokenOf } from './lib/i18n/i18n.svelte';
import { App } from './lib/state/app.svelte';

const app = new App(await connect());
// The shopper's own choice comes with the first answer; until then, what the system prefers.
app.settings.paint();
await i18n.use(spokenOf('system', navigator.languages));
mount(AppView, { target: document.getElementById('app')!, props: { app } });
