// The camera of <knytt-search>, loaded on first use. Without a camera, the shopper can choose a file.

import { make } from './grid';
import type { Words } from './words';

export function openCamera(place: HTMLElement, words: Words, done: (file: Blob | null) => void): void {
  const file = make('input', { type: 'file', accept: 'image/*', className: 'out', tabIndex: -1 });
  file.setAttribute('capture', 'environment');
  file.setAttribute('aria-label', words.file);
  const video = make('video', { muted: true, playsInline: true, hidden: true });
  const shoot = make('button', { type: 'button', className: 'act first', hidden: true }, words.shoot);
  const choose = make('button', { type: 'button', className: 'act' }, words.file);
  const cancel = make('button', { type: 'button', className: 'act' }, words.cancel);
  let stream: MediaStream | null = null;
  let over = false;
  const end = (taken: Blob | null) => {
    over = true;
    stream?.getTracks().forEach((track) => track.stop());
    done(taken);
  };
  shoot.addEventListener('click', () => {
    const canvas = make('canvas', { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    canvas.toBlob((blob) => end(blob), 'image/jpeg', 0.92);
  });
  choose.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    if (file.files?.[0]) end(file.files[0]);
  });
  cancel.addEventListener('click', () => end(null));
  place.replaceChildren(video, make('div', { className: 'acts' }, shoot, choose, cancel), file);
  choose.focus();
  navigator.mediaDevices
    ?.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 } } })
    .then(async (opened) => {
      if (over) return opened.getTracks().forEach((track) => track.stop());
      stream = opened;
      video.srcObject = opened;
      await video.play();
      video.hidden = false;
      shoot.hidden = false;
      shoot.focus();
    })
    // Without a camera, or without permission to use it, the file button stays.
    .catch(() => undefined);
}
