// The contents of a paste or a drop.

export interface Brought {
  files: File[];
  url: string | null;
  text: string;
}

const address = /^https?:\/\/\S+$/iu;

export const isAddress = (text: string) => address.test(text.trim());

export function broughtBy(data: DataTransfer): Brought {
  const files = [...data.files];
  const list = data
    .getData('text/uri-list')
    .split(/\r?\n/u)
    .find((line) => line && !line.startsWith('#'));
  const html = data.getData('text/html');
  const text = data.getData('text/plain').trim();
  // For a picture dragged from a page, the list has the page's address, the markup the picture's.
  const source = html ? new DOMParser().parseFromString(html, 'text/html').querySelector('img')?.src : null;
  const url = [source, list, text].find((candidate) => candidate && isAddress(candidate)) ?? null;
  return { files, url, text };
}

/** A frame or a bitmap as JPEG, no side longer than `longest`. */
export async function jpegOf(
  source: CanvasImageSource,
  width: number,
  height: number,
  longest: number,
): Promise<Uint8Array> {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.88));
  if (!blob) throw new Error('The frame could not be encoded.');
  return new Uint8Array(await blob.arrayBuffer());
}
