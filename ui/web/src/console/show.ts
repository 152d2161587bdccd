// The retailer's console, in place of the shop.

import { mount } from 'svelte';
import ConsoleView from './Console.svelte';

export function show(target: HTMLElement): void {
  target.replaceChildren();
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const paint = () => (document.documentElement.dataset['theme'] = dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', paint);
  paint();
  mount(ConsoleView, { target });
}
