// The web view's camera: a <video>, and small JPEGs of it for live search.

import type { Client } from '../api/client';
import { ClientError } from '../api/client';
import type { Code } from '../api/generated/Code';
import type { CameraSource } from '../api/generated/CameraSource';
import { problemOf } from '../api/problem';
import { jpegOf } from '../util/images';
import type { Feed, FeedEvents, FeedOptions, Screens } from './feed';
import { wished } from './feed';
import { FrameJudge } from './judge';

const patience = 10_000;
const pause = 160;
/** Pause between frames that are judged here: judging uses no network. */
const judgePause = 60;
/** Pause between searches: at most three a second go over the network. */
const searchPause = 334;
/** Longest side of live frames. The model reads 256 pixels or fewer; more would only cost time. */
const liveSide = 384;
const captureSide = 2048;
/** Longest side of frames with codes: a code's squares must stay several pixels wide. */
const codeSide = 960;

const codes: Record<string, Code> = {
  NotAllowedError: 'camera_denied',
  SecurityError: 'camera_denied',
  NotFoundError: 'camera_none',
  OverconstrainedError: 'camera_none',
  NotReadableError: 'camera_lost',
  AbortError: 'camera_lost',
};

const fail = (code: Code, message: string) => new ClientError({ code, message });

export async function webSources(): Promise<CameraSource[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return all
    .filter((device) => device.kind === 'videoinput')
    .map((device) => ({ id: device.deviceId, name: device.label }));
}

async function openStream(source: string): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia)
    throw fail('camera_none', 'This window has no camera interface.');
  const chosen = source ? { deviceId: { exact: source } } : { facingMode: 'environment' };
  const asked = navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { ...chosen, width: { ideal: wished.width }, height: { ideal: wished.height } },
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(fail('camera_timeout', `No answer within ${patience} ms.`)), patience);
  });
  // A camera that opens after the timeout is stopped: it must not stay on unnoticed.
  void asked.then(
    (stream) => late.catch(() => stop(stream)),
    () => undefined,
  );
  try {
    return await Promise.race([asked, late]);
  } catch (thrown) {
    const name = thrown instanceof DOMException ? thrown.name : '';
    throw codes[name] ? fail(codes[name], (thrown as Error).message) : thrown;
  } finally {
    clearTimeout(timer);
  }
}

const stop = (stream: MediaStream) => stream.getTracks().forEach((track) => track.stop());

export async function webFeed(
  client: Client,
  { source, live, codes = false, template }: FeedOptions,
  { video }: Screens,
  events: FeedEvents,
): Promise<Feed> {
  const stream = await openStream(source);
  let running = true;
  let looking = live || codes;
  for (const track of stream.getVideoTracks())
    track.addEventListener('ended', () => {
      if (running) events.failed({ code: 'camera_lost', message: 'The camera ended by itself.' });
    });
  video.srcObject = stream;
  await video.play().catch(() => undefined);
  events.started(video.videoWidth, video.videoHeight);

  // If the shop's server searches, frames are judged here before one is sent.
  const judge = client.place === 'shop' && !codes ? new FrameJudge() : null;
  let searchedAt = 0;
  let asked = '';

  /** Whether this frame is to be searched with. */
  const isWorth = (): boolean => {
    if (!judge) return true;
    const state = judge.look(video);
    const { ticket: _ticket, ...question } = template();
    const wanted = JSON.stringify(question);
    if (wanted !== asked) judge.forget();
    asked = wanted;
    const due = performance.now() - searchedAt >= searchPause;
    if (state !== 'stable' || !judge.isNew || !due) {
      events.live(state, null);
      return false;
    }
    judge.searched();
    searchedAt = performance.now();
    return true;
  };

  const search = async (jpeg: Uint8Array) => {
    const { state, response } = await client.liveFrame(jpeg, template());
    if (running && looking) events.live(state, response);
  };

  const read = async (jpeg: Uint8Array) => {
    const text = await client.readCode(jpeg);
    if (running && looking && text !== null) events.code?.(text);
  };

  const look = async () => {
    while (running && looking) {
      const began = performance.now();
      try {
        if (video.videoWidth > 0 && !document.hidden && isWorth()) {
          const side = codes ? codeSide : liveSide;
          const jpeg = await jpegOf(video, video.videoWidth, video.videoHeight, side);
          await (codes ? read(jpeg) : search(jpeg));
        }
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (running && looking && problem.code !== 'superseded') {
          events.failed(problem);
          return;
        }
      }
      // One request at a time: a slow answer makes fewer frames, not a queue.
      const rest = (judge ? judgePause : pause) - (performance.now() - began);
      await new Promise((done) => setTimeout(done, Math.max(rest, 10)));
    }
  };
  if (looking) void look();

  return {
    async capture() {
      const jpeg = await jpegOf(video, video.videoWidth, video.videoHeight, captureSide);
      return client.addPicture(jpeg, 'camera.jpg');
    },
    setLive(on) {
      const before = looking;
      looking = on;
      if (on && !before) void look();
    },
    // Nothing to do: the next frame takes the current words and filters.
    ask: () => undefined,
    async stop() {
      running = false;
      stop(stream);
      video.srcObject = null;
    },
  };
}
