// Installs the service worker for use without a connection. A newer one waits for the shopper's consent.

import { t } from './i18n/i18n.svelte';
import type { Notices } from './state/notices.svelte';

export async function install(notices: Notices): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.register('/sw.js').catch(() => null);
  if (!registration) return;
  const offer = (worker: ServiceWorker) => {
    // The first worker replaces no older one, so there is no update to offer.
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
