// What went wrong, and what to do now.

import type { Code } from '../api/generated/Code';
import type { Problem } from '../api/generated/Problem';
import { t } from './i18n.svelte';
import type { Key } from './i18n.svelte';

const texts: Record<Code, { title: Key; next: Key }> = {
  superseded: { title: 'problem.cancelled', next: 'problem.cancelled.next' },
  cancelled: { title: 'problem.cancelled', next: 'problem.cancelled.next' },
  bad_picture: { title: 'problem.badPicture', next: 'problem.badPicture.next' },
  too_large: { title: 'problem.tooLarge', next: 'problem.tooLarge.next' },
  not_found: { title: 'problem.notFound', next: 'problem.notFound.next' },
  bad_query: { title: 'problem.badQuery', next: 'problem.badQuery.next' },
  no_catalog: { title: 'problem.noCatalog', next: 'problem.noCatalog.next' },
  wrong_model: { title: 'problem.wrongModel', next: 'problem.wrongModel.next' },
  camera_none: { title: 'problem.cameraNone', next: 'problem.camera.next' },
  camera_denied: { title: 'problem.cameraDenied', next: 'problem.cameraDenied.next' },
  camera_lost: { title: 'problem.cameraLost', next: 'problem.cameraLost.next' },
  camera_timeout: { title: 'problem.cameraTimeout', next: 'problem.cameraTimeout.next' },
  screen_unavailable: { title: 'problem.screen', next: 'problem.screen.next' },
  offline: { title: 'problem.offline', next: 'problem.offline.next' },
  disk_full: { title: 'problem.diskFull', next: 'problem.diskFull.next' },
  unsupported: { title: 'problem.unsupported', next: 'problem.unsupported.next' },
  internal: { title: 'problem.internal', next: 'problem.internal.next' },
};

export const problemTitle = ({ code }: Problem) => t(texts[code].title);
export const problemNext = ({ code }: Problem) => t(texts[code].next);
export const problemText = (problem: Problem) => `${problemTitle(problem)} ${problemNext(problem)}`;
