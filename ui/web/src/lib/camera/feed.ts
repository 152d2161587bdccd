// The interface of both kinds of camera: the app's own and the web view's.

import type { FrameState } from '../api/generated/FrameState';
import type { Picture } from '../api/generated/Picture';
import type { Problem } from '../api/generated/Problem';
import type { SearchRequest } from '../api/generated/SearchRequest';
import type { SearchResponse } from '../api/generated/SearchResponse';

export interface FeedEvents {
  started(width: number, height: number): void;
  live(state: FrameState, response: SearchResponse | null): void;
  failed(problem: Problem): void;
  /** A code (QR) was read. */
  code?(text: string): void;
}

export interface FeedOptions {
  source: string;
  live: boolean;
  /** Looks for codes in the frames. */
  codes?: boolean;
  /** Returns the current words and filters, for live search. */
  template: () => SearchRequest;
}

export interface Screens {
  canvas: HTMLCanvasElement;
  video: HTMLVideoElement;
}

export interface Feed {
  capture(): Promise<Picture>;
  /** Starts or ends live search; absent if that needs a new stream. */
  setLive?(live: boolean): void;
  /** Called when the words or filters change during live search. */
  ask(template: SearchRequest): void;
  stop(): Promise<void>;
}

export const wished = { width: 1280, height: 720 };
