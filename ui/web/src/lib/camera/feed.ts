// What both kinds of camera have in common: the app's own and the web view's.

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
  /** Looks for codes in what is seen. */
  codes?: boolean;
  /** The words and filters of now, for live search. */
  template: () => SearchRequest;
}

export interface Screens {
  canvas: HTMLCanvasElement;
  video: HTMLVideoElement;
}

export interface Feed {
  capture(): Promise<Picture>;
  /** Begins or ends live search, where that needs no new stream. */
  setLive?(live: boolean): void;
  /** The words or filters changed during live search. */
  ask(template: SearchRequest): void;
  stop(): Promise<void>;
}

export const wished = { width: 1280, height: 720 };
