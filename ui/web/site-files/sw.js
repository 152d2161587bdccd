// The service worker of the shop's pages. The build fills in VERSION and FILES.
//
// A version keeps its own files until no page uses it: an open page always finds what it was built with. A newer
// version waits until a page asks for it.

const version = 'VERSION';
const files = /* FILES */ [];
const shell = `shell-${version}`;
const pictures = 'pictures';
const shared = 'shared';
const mostPictures = 400;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(shell).then((cache) => cache.addAll(files)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('shell-') && name !== shell)
            .map((name) => caches.delete(name)),
        ),
      ),
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'use') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === 'POST' && url.pathname === '/share') return event.respondWith(keepShared(request));
  // What a page sends while it is left: only a request of the worker's own outlives the page.
  if (url.pathname === '/api/v1/feedback') return event.respondWith(fetch(request));
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') return event.respondWith(page(request));
  if (/^\/api\/v1\/products\/[^/]+\/picture$/.test(url.pathname)) return event.respondWith(picture(event));
  if (files.includes(url.pathname)) event.respondWith(fileOf(request));
});

/** A page comes from the shop; without a connection, the interface itself. */
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match('/?shell', { cacheName: shell, ignoreVary: true })) ?? Response.error();
  }
}

async function fileOf(request) {
  // A file has one content, whoever asks: headers that the answer varies by change nothing.
  const kept = await caches.match(request, { cacheName: shell, ignoreVary: true });
  return kept ?? fetch(request);
}

/** Pictures are shown as they were, and looked after behind that. */
async function picture(event) {
  const cache = await caches.open(pictures);
  const kept = await cache.match(event.request, { ignoreVary: true });
  const fresh = fetch(event.request).then(async (response) => {
    if (response.ok) {
      await cache.put(event.request, response.clone());
      await forgetOldest(cache);
    }
    return response;
  });
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => undefined));
  return kept;
}

async function forgetOldest(cache) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - mostPictures)).map((key) => cache.delete(key)));
}

/** Another app shares a picture or words. */
async function keepShared(request) {
  const form = await request.formData();
  const file = form.get('picture');
  if (file instanceof File && file.size > 0) {
    const cache = await caches.open(shared);
    await cache.put('/shared-picture', new Response(file));
    return Response.redirect('/?shared', 303);
  }
  const words = String(form.get('text') ?? form.get('title') ?? '');
  return Response.redirect(`/?text=${encodeURIComponent(words)}`, 303);
}
