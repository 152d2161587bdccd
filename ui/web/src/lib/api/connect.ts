// Chooses who answers. Each transport is loaded only where it is used.

import type { Client } from './client';

export async function connect(): Promise<Client> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).tauriClient();
  const params = new URLSearchParams(location.search);
  if (params.has('mock')) return (await import('./mock')).mockClient(params);
  return (await import('./rest')).restClient();
}
