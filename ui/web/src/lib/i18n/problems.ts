// Texts for problems: what went wrong, and what to do next.

import type { Client } from '../api/client';
import type { Code } from '../api/generated/Code';
import type { Problem } from '../api/generated/Problem';
import { t } from './i18n.svelte';
import type { Key } from './i18n.svelte';

const texts: Record<Code, { title: Key; next: Key }> = {
  superseded: { title: 'problem.cancelled', next: 'problem.cancelled.next' },
  cancelled: { title: 'problem.cancelled', next: 'problem.cancelled.next' },
  bad_picture: { title: 'problem.badPicture', next: 'problem.badPicture.next' },
  unsafe_picture: { title: 'problem.unsafePicture', next: 'problem.unsafePicture.next' },
  too_large: { title: 'problem.tooLarge', next: 'problem.tooLarge.next' },
  not_found: { title: 'problem.notFound', next: 'problem.notFound.next' },
  bad_query: { title: 'problem.badQuery', next: 'problem.badQuery.next' },
  no_catalog: { title: 'problem.noCatalog', next: 'problem.noCatalog.next' },
  damaged_catalog: { title: 'problem.damagedCatalog', next: 'problem.damagedCatalog.next' },
  wrong_model: { title: 'problem.wrongModel', next: 'problem.wrongModel.next' },
  camera_none: { title: 'problem.cameraNone', next: 'problem.camera.next' },
  camera_denied: { title: 'problem.cameraDenied', next: 'problem.cameraDenied.next' },
  camera_lost: { title: 'problem.cameraLost', next: 'problem.cameraLost.next' },
  camera_timeout: { title: 'problem.cameraTimeout', next: 'problem.cameraTimeout.next' },
  screen_unavailable: { title: 'problem.screen', next: 'problem.screen.next' },
  offline: { title: 'problem.offline', next: 'problem.offline.next' },
  disk_full: { title: 'problem.diskFull', next: 'problem.diskFull.next' },
  bad_link: { title: 'problem.badLink', next: 'problem.badLink.next' },
  insecure: { title: 'problem.insecure', next: 'problem.insecure.next' },
  no_code: { title: 'problem.noCode', next: 'problem.noCode.next' },
  tampered: { title: 'problem.tampered', next: 'problem.tampered.next' },
  rollback: { title: 'problem.rollback', next: 'problem.rollback.next' },
  wrong_root: { title: 'problem.wrongRoot', next: 'problem.wrongRoot.next' },
  wrong_catalog: { title: 'problem.wrongCatalog', next: 'problem.wrongCatalog.next' },
  expired: { title: 'problem.expired', next: 'problem.expired.next' },
  newer_format: { title: 'problem.newerFormat', next: 'problem.newerFormat.next' },
  device_missing: { title: 'problem.deviceMissing', next: 'problem.deviceMissing.next' },
  metered: { title: 'problem.metered', next: 'problem.metered.next' },
  busy: { title: 'problem.busy', next: 'problem.busy.next' },
  unsupported: { title: 'problem.unsupported', next: 'problem.unsupported.next' },
  internal: { title: 'problem.internal', next: 'problem.internal.next' },
};

/** Texts for the same problems while a catalogue is added or updated. */
const ofCatalogs: Partial<typeof texts> = {
  cancelled: { title: 'problem.syncCancelled', next: 'problem.syncCancelled.next' },
  too_large: { title: 'problem.syncTooLarge', next: 'problem.syncTooLarge.next' },
  not_found: { title: 'problem.syncNotFound', next: 'problem.syncNotFound.next' },
  wrong_model: { title: 'problem.syncModel', next: 'problem.syncModel.next' },
  offline: { title: 'problem.syncOffline', next: 'problem.syncOffline.next' },
  disk_full: { title: 'problem.diskFull', next: 'problem.syncDiskFull.next' },
};

/** Texts for the same problems while a model is fetched, measured or put to use. */
const ofModels: Partial<typeof texts> = {
  offline: { title: 'problem.modelOffline', next: 'problem.modelOffline.next' },
  not_found: { title: 'problem.modelNotFound', next: 'problem.modelNotFound.next' },
  bad_query: { title: 'problem.modelUnsuited', next: 'problem.modelDetails.next' },
  unsupported: { title: 'problem.modelUnsuited', next: 'problem.modelDetails.next' },
  tampered: { title: 'problem.modelDamaged', next: 'problem.modelDamaged.next' },
  busy: { title: 'problem.modelBusy', next: 'problem.modelBusy.next' },
  disk_full: { title: 'problem.diskFull', next: 'problem.modelDisk.next' },
};

/** Texts for the same problems in a browser in front of a shop's server. */
const ofShop: Partial<typeof texts> = {
  offline: { title: 'problem.syncOffline', next: 'problem.shopOffline.next' },
  busy: { title: 'problem.shopBusy', next: 'problem.shopBusy.next' },
  no_catalog: { title: 'problem.noCatalog', next: 'problem.shopNone.next' },
  camera_denied: { title: 'problem.cameraDenied', next: 'problem.cameraPage.next' },
  internal: { title: 'problem.internal', next: 'problem.shopInternal.next' },
};

/** Who reads pictures names a format that it does not know. */
const isHeic = ({ code, message }: Problem) => code === 'bad_picture' && message.includes('HEIC');

let place: Client['place'] = 'device';

/** Says where searches are computed: texts advise what helps there. */
export const explainAt = (where: Client['place']): void => void (place = where);

/** The part that failed, for problems whose text depends on it. */
export type About = 'search' | 'catalog' | 'model';

const textOf = (code: Code, about: About) =>
  (place === 'shop' && ofShop[code]) ||
  (about === 'catalog' && ofCatalogs[code]) ||
  (about === 'model' && ofModels[code]) ||
  texts[code];

export const problemTitle = ({ code }: Problem, about: About = 'search') => t(textOf(code, about).title);
export const problemNext = (problem: Problem, about: About = 'search') =>
  t(isHeic(problem) ? 'problem.heic.next' : textOf(problem.code, about).next);
export const problemText = (problem: Problem, about: About = 'search') =>
  `${problemTitle(problem, about)} ${problemNext(problem, about)}`;
