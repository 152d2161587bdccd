import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import AppView from './App.svelte';
import { connect } from './lib/api/connect';
import { App } from './lib/state/app.svelte';

const app = new App(await connect());
mount(AppView, { target: document.getElementById('app')!, props: { app } });
