// The retailer's console, in place of the shop.

import { mount } from 'svelte';
import ConsoleView from './Console.svelte';
import { spoken } from './lib/spoken.svelte';

export async function show(target: HTMLElement): Promise<void> {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const paint = () => (document.documentElement.dataset['theme'] = dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', paint);
  paint();
  await spoken.begin();
  target.replaceChildren();
  mount(ConsoleView, { target });
}
