// Functions of the system that a browser offers: screen capture, saved files, shared addresses.

import { fail } from '../problem';

/** A picture of the screen or a window that the shopper chooses. */
export async function grab(): Promise<Blob> {
  const stream = await navigator.mediaDevices
    .getDisplayMedia({ video: true, audio: false })
    .catch((thrown: unknown) =>
      thrown instanceof DOMException && thrown.name === 'NotAllowedError'
        ? fail('cancelled', 'No window was chosen.')
        : fail('screen_unavailable', String(thrown)),
    );
  try {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    const file = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    return file ?? fail('screen_unavailable', 'The picture is empty.');
  } finally {
    stream.getTracks().forEach((track) => track.stop());
  }
}

export async function saveFile(file: Blob, name: string): Promise<void> {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file after the click, so its address is revoked later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The address of a product's page that other people can open. */
export function sharedAddress(id: string, catalog: string | null): string {
  const query = catalog === null ? '' : `?catalog=${encodeURIComponent(catalog)}`;
  return `${location.origin}/p/${encodeURIComponent(id)}${query}`;
}
