// A simulated camera: it draws a swaying product at 30 frames a second.

import type { CameraStream } from '../client';
import type { CameraEvent } from '../generated/CameraEvent';
import type { LiveFrame } from '../generated/LiveFrame';
import type { Picture } from '../generated/Picture';
import { drawProduct } from './draw';
import type { MockProduct } from './products';

export async function mockCamera(
  product: MockProduct,
  live: (() => LiveFrame) | null,
  onFrame: (jpeg: ArrayBuffer) => void,
  onEvent: (event: CameraEvent) => void,
  capture: () => Promise<Picture>,
): Promise<CameraStream> {
  const [width, height] = [640, 480];
  const image = new Image();
  image.src = drawProduct(product);
  await image.decode();
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  let frame = 0;
  let busy = false;
  const draw = async () => {
    if (busy) return;
    busy = true;
    context.fillStyle = '#d8d2c8';
    context.fillRect(0, 0, width, height);
    const sway = Math.max(0, 1 - frame / 30) * 60 + Math.sin(frame / 20) * 2;
    context.drawImage(image, 140 + sway, -10, 360, 450);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.7 });
    busy = false;
    if (timer === null) return;
    onFrame(await blob.arrayBuffer());
    if (live && frame % 5 === 0) onEvent({ kind: 'live', frame: live() });
    frame++;
  };
  let timer: ReturnType<typeof setInterval> | null = setInterval(() => void draw(), 33);
  onEvent({ kind: 'started', width, height });
  return {
    capture,
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}
