// The service worker: the interface without a connection, and a newer one only when the shopper says so.

import { t } from './i18n/i18n.svelte';
import type { Notices } from './state/notices.svelte';

export async function install(notices: Notices): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.register('/sw.js').catch(() => null);
  if (!registration) return;
  const offer = (worker: ServiceWorker) => {
    // The first one controls nothing that was there before it.
    if (!navigator.serviceWorker.controller) return;
    notices.say(t('update.ready'), 'calm', {
      label: t('update.now'),
      run() {
        navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
        worker.postMessage('use');
      },
    });
  };
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') offer(worker);
    });
  });
}
