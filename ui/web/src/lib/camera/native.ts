// The app's own camera: JPEG frames over IPC, painted on a canvas.

import type { Client } from '../api/client';
import type { Feed, FeedEvents, FeedOptions, Screens } from './feed';
import { wished } from './feed';

export async function nativeFeed(
  client: Client,
  { source, live, codes = false, template }: FeedOptions,
  { canvas }: Screens,
  events: FeedEvents,
): Promise<Feed> {
  const painter = new Painter(canvas);
  if (live) await client.setLiveQuery(template());
  const stream = await client.openCamera({ source, ...wished, live, codes }, painter.paint, (event) => {
    if (event.kind === 'started') events.started(event.width, event.height);
    else if (event.kind === 'live') events.live(event.frame.state, event.frame.response);
    else if (event.kind === 'code') events.code?.(event.text);
    else events.failed(event.problem);
  });
  return {
    capture: () => stream.capture(),
    ask: (next) => void client.setLiveQuery(next).catch(() => undefined),
    async stop() {
      painter.stop();
      await stream.stop();
    },
  };
}

class Painter {
  #decoding = false;
  #stopped = false;
  #second = 0;
  #frames = 0;

  constructor(readonly canvas: HTMLCanvasElement) {}

  // Drops a frame that arrives while the last one is still decoded: late frames look worse than few.
  paint = async (jpeg: ArrayBuffer): Promise<void> => {
    if (this.#decoding || this.#stopped) return;
    this.#decoding = true;
    try {
      const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
      if (!this.#stopped) this.#draw(bitmap);
      bitmap.close();
    } catch {
      // A broken frame is skipped; the next one follows.
    } finally {
      this.#decoding = false;
    }
  };

  stop(): void {
    this.#stopped = true;
  }

  #draw(bitmap: ImageBitmap): void {
    const { canvas } = this;
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
    }
    canvas.getContext('2d', { alpha: false })?.drawImage(bitmap, 0, 0);
    this.#frames++;
    const now = performance.now();
    if (now - this.#second < 1000) return;
    if (this.#second > 0)
      canvas.dataset['fps'] = String(Math.round((this.#frames * 1000) / (now - this.#second)));
    this.#second = now;
    this.#frames = 0;
  }
}
