// What a kiosk's last heartbeat said, in words.

import type { Kiosk } from './alerts';
import { number, say, sayOf, time } from './words';

/** An hour as kiosks write it, `2026-11-30T09Z`, as any other time; as it is if it is none. */
function hour(text: string): string {
  const ms = Date.parse(text.replace(/T(\d\d)Z$/, 'T$1:00Z'));
  return Number.isNaN(ms) ? text : time(ms);
}

/** What it said of itself, each part a few words; nothing stands for what it did not say. */
export function facts({ version, release, seenMs, state }: Kiosk): string[] {
  const { products, camera, framesPerSecond, slowestFrameMs, temperatureCelsius, memoryBytes } = state;
  const { uptimeSeconds, lastVisitHour } = state;
  return [
    camera && sayOf('kiosks.camera', camera),
    framesPerSecond != null &&
      say('kiosks.frames', {
        frames: number(Math.round(framesPerSecond)),
        slowest: number(slowestFrameMs ?? 0),
      }),
    temperatureCelsius != null &&
      say('kiosks.temperature', { value: number(Math.round(temperatureCelsius)) }),
    memoryBytes != null && say('kiosks.memory', { value: number(Math.round(memoryBytes / 1e6)) }),
    uptimeSeconds != null && say('kiosks.since', { time: time(seenMs - uptimeSeconds * 1000) }),
    lastVisitHour && say('kiosks.visit', { time: hour(lastVisitHour) }),
    version && say('kiosks.program', { version }),
    release > 0 && say('kiosks.release', { release: number(release) }),
    products != null && say('kiosks.products', { count: number(products) }),
  ].filter((part): part is string => Boolean(part));
}

/** What failed since it began; empty if nothing did. */
export const errors = ({ state }: Kiosk): string =>
  state.errors ? say('kiosks.errors', { count: number(state.errors), text: state.lastError ?? '?' }) : '';

/** The last order, and what became of it; empty if it was given none. */
export function order({ order: given, state }: Kiosk): string {
  if (!given) return '';
  return sayOf('kiosks.became', given.became, {
    task: sayOf('kiosks.task', given.task),
    given: time(given.issuedMs),
    time: time(given.untilMs),
    reason: state.refusedBecause ?? '?',
  });
}
