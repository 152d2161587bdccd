// Chooses the client. Each transport is loaded only where it is used.

import { pictureConsent } from '../state/consent.svelte';
import type { Client } from './client';

export async function connect(): Promise<Client> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).tauriClient();
  const params = new URLSearchParams(location.search);
  // A server does not serve the mock, so the import fails there and its own shop answers.
  const mock = params.has('mock') ? await import('./mock').catch(() => null) : null;
  if (mock) return mock.mockClient(params);
  return (await import('./rest/client')).restClient({ allow: () => pictureConsent.allow() });
}
