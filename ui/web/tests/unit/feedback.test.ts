// Events of a visit: what they mean, when they are sent, and what is taken back.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../src/lib/api/client';
import type { SearchRequest } from '../../src/lib/api/generated/SearchRequest';
import { readSettings, saveSettings, forgetSettings } from '../../src/lib/api/rest/settings';
import { RestTelling, consentOf, forgetDecided, takeOverSetting } from '../../src/lib/api/rest/telling';
import type { Schemas } from '../../src/lib/api/shop/client';
import { FeedbackQueue, pause } from '../../src/lib/feedback/queue';
import type { Told } from '../../src/lib/feedback/queue';
import { timed, random } from '../../src/lib/feedback/uuid';
import { VisitEvents } from '../../src/lib/feedback/visit';
import type { Question } from '../../src/lib/feedback/visit';

const asked = (words: string): Question => ({
  words,
  picture: null,
  isSimilar: false,
  like: null,
  key: words,
});
const shown = (token: string, ids: string[], verdict = 'found') => ({
  token,
  verdict,
  hits: ids.map((id, at) => ({ id, percent: 90 - at })),
});
const names = (events: Told[]) => events.map(({ name }) => name);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_790_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('ids', () => {
  it('have their version, and sort by time', () => {
    expect(random()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u);
    const [a, b] = [timed(1_790_000_000_000), timed(1_790_000_000_001)];
    expect(a).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u);
    expect(a < b).toBe(true);
    expect(parseInt(a.replaceAll('-', '').slice(0, 12), 16)).toBe(1_790_000_000_000);
  });
});

describe('events', () => {
  it('know their answer and their place', () => {
    const visit = new VisitEvents();
    const { events } = visit.answered(asked(' red '), shown('t1', ['a', 'b']));
    expect(names(events)).toEqual(['search', 'view_item_list']);
    expect(events[0]).toMatchObject({ kind: 'words', search_term: 'red', results: 2, good_match: true });
    expect(events[1]).toMatchObject({
      items: [
        { item_id: 'a', position: 1 },
        { item_id: 'b', position: 2 },
      ],
    });
    const opened = visit.opened('b');
    expect(names(opened)).toEqual(['select_item', 'view_item']);
    expect(opened[0]).toMatchObject({ token: 't1', item_id: 'b', position: 2, confidence: 89 });
    expect(names(visit.opened('b'))).toEqual(['view_item']);
    expect(visit.opened('elsewhere')[0]!.token).toBeUndefined();
    expect([...events, ...opened].every((event) => event.token === 't1')).toBe(true);
  });

  it('of more hits are no further search, and a look around is none', () => {
    const visit = new VisitEvents();
    visit.answered(asked('red'), shown('t1', ['a']));
    const { events } = visit.answered(asked('red'), shown('t2', ['a', 'b']));
    expect(names(events)).toEqual(['view_item_list']);
    expect(events[0]).toMatchObject({ token: 't1', items: [{ item_id: 'b', position: 2 }] });
    const around = visit.answered(asked(''), shown('t3', ['c'], 'browsing')).events;
    expect(names(around)).toEqual(['view_item_list']);
  });

  it('of words that were typed on are replaced, unless a hit was chosen', () => {
    const visit = new VisitEvents();
    const first = visit.answered(asked('re'), shown('t1', ['a'])).events;
    const second = visit.answered(asked('red'), shown('t2', ['a', 'b']));
    expect(second.overtaken).toEqual(first.map(({ id }) => id));
    visit.opened('a');
    expect(visit.answered(asked('red dress'), shown('t3', ['b'])).overtaken).toEqual([]);
    expect(visit.answered(asked('boots'), shown('t4', ['c'])).overtaken).toEqual([]);
    vi.advanceTimersByTime(30_000);
    expect(visit.answered(asked('boots in red'), shown('t5', ['c'])).overtaken).toEqual([]);
  });

  it('of a camera are a search each', () => {
    const visit = new VisitEvents();
    const settled = () => visit.settled(asked(''), shown('t', ['a'], 'found'));
    expect(settled()[0]).toMatchObject({ name: 'search', kind: 'camera' });
    expect(settled()[0]!.id).not.toBe(settled()[0]!.id);
  });
});

describe('what waits', () => {
  const event = (name = 'view_item'): Told => ({ id: timed(), atMs: Date.now(), name });
  const answering = (...statuses: (number | null)[]) => {
    const sent: { visit: string; events: Told[]; catalog?: string }[] = [];
    const fetched = vi.fn(async (_address: unknown, init?: RequestInit) => {
      sent.push(JSON.parse(init!.body as string));
      const status = statuses.length > 1 ? statuses.shift()! : (statuses[0] ?? null);
      if (status === null) throw new TypeError('no network');
      return new Response('{}', { status });
    });
    return { sent, fetch: fetched as unknown as typeof fetch, fetched };
  };
  const address = 'https://shop.example/api/v1/feedback';

  it('is sent as one batch after a while, with the same visit', async () => {
    const { sent, fetch, fetched } = answering(200);
    const queue = new FeedbackQueue({ address, fetch, catalog: () => 'shop' });
    queue.add([event(), event()]);
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ catalog: 'shop', visit: queue.visit });
    expect(fetched.mock.calls[0]![1]).toMatchObject({ keepalive: true, credentials: 'omit' });
    expect(queue.waiting).toBe(0);
    queue.add([event()]);
    await vi.advanceTimersByTimeAsync(pause);
    expect(sent[1]!.visit).toBe(queue.visit);
  });

  it('is tried again while the shop is away, and dropped where it is refused', async () => {
    const { sent, fetch } = answering(null, 503, 200);
    const queue = new FeedbackQueue({ address, fetch });
    queue.add([event()]);
    await vi.advanceTimersByTimeAsync(pause + 5_000 + 10_000);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ events }) => events[0]!.id)).size).toBe(1);
    expect(queue.waiting).toBe(0);
    const refusing = answering(413);
    const refused = new FeedbackQueue({ address, fetch: refusing.fetch });
    refused.add([event()]);
    await vi.advanceTimersByTimeAsync(10 * pause);
    expect(refusing.sent).toHaveLength(1);
    expect(refused.waiting).toBe(0);
  });

  it('is bounded while the shop is away', async () => {
    const { fetch } = answering(null);
    const queue = new FeedbackQueue({ address, fetch });
    for (let at = 0; at < 1_200; at++) queue.add([event()]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(queue.waiting).toBe(500);
  });

  it('is taken back, if it was not sent', async () => {
    const { sent, fetch } = answering(200);
    const queue = new FeedbackQueue({ address, fetch });
    const [replaced, kept] = [event('search'), event('search')];
    queue.add([replaced, kept]);
    queue.retract([replaced.id]);
    await vi.advanceTimersByTimeAsync(pause);
    expect(sent[0]!.events.map(({ id }) => id)).toEqual([kept.id]);
    queue.add([event()]);
    queue.clear();
    await vi.advanceTimersByTimeAsync(10 * pause);
    expect(sent).toHaveLength(1);
  });

  it('goes as a beacon to the own server when the page is left, and never with cookies to another', () => {
    const beacons: string[] = [];
    vi.stubGlobal('location', { href: 'https://shop.example/', origin: 'https://shop.example' });
    vi.stubGlobal('navigator', {
      sendBeacon: (to: string) => {
        beacons.push(to);
        return true;
      },
    });
    const { sent, fetch } = answering(200);
    const queue = new FeedbackQueue({ address, fetch });
    queue.add(Array.from({ length: 30 }, () => ({ ...event(), filler: 'x'.repeat(4_000) })));
    queue.leave();
    // Browsers take 64 KiB at most, so one is not enough.
    expect(beacons.length).toBeGreaterThan(1);
    expect(queue.waiting).toBe(0);
    const other = new FeedbackQueue({ address: 'https://search.example/api/v1/feedback', fetch });
    other.add([event()]);
    const before = beacons.length;
    other.leave();
    expect(beacons).toHaveLength(before);
    expect(sent).toHaveLength(1);
  });
});

describe('consent', () => {
  const catalog = (feedback: 'ask' | 'on' | 'off') =>
    ({ id: 'shop', products: 1, release: 0, model: 'm', feedback }) as Schemas['Searched'];
  const request = {
    words: 'red',
    picture: null,
    like: null,
    mix: [],
    filters: [],
  } as unknown as SearchRequest;
  const answer = {
    verdict: 'found',
    hits: [{ card: { id: 'a' }, percent: 80 }],
    feedbackToken: 't',
  } as unknown as Answer;

  beforeEach(() => {
    const kept = new Map<string, string>();
    vi.stubGlobal('location', { origin: 'https://shop.example', href: 'https://shop.example/', search: '' });
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    });
    forgetSettings();
    forgetDecided();
  });

  const telling = (feedback: 'ask' | 'on' | 'off') => {
    const queue = new FeedbackQueue({ address: 'https://shop.example/api/v1/feedback' });
    return { queue, telling: new RestTelling({ queue, open: () => catalog(feedback) }) };
  };

  it('is asked for first, and ends with the setting', () => {
    const { queue, telling: told } = telling('ask');
    takeOverSetting(catalog('ask'));
    told.answered(request, answer);
    told.opened('a');
    expect(queue.waiting).toBe(0);
    expect(told.attribution('a')).toEqual({});
    saveSettings({ ...readSettings(), consents: [consentOf(catalog('ask'))!] });
    told.answered(request, answer);
    told.opened('a');
    expect(queue.waiting).toBe(4);
    expect(told.attribution('a')).toEqual({ token: 't' });
    saveSettings({ ...readSettings(), consents: [] });
    told.check();
    expect(queue.waiting).toBe(0);
  });

  it('holds from the start where the shop says so, until the shopper refuses', () => {
    const { telling: told } = telling('on');
    takeOverSetting(catalog('on'));
    expect(told.may).toBe(true);
    saveSettings({ ...readSettings(), consents: [] });
    takeOverSetting(catalog('on'));
    expect(told.may).toBe(false);
  });

  it('is not asked for where the shop wants nothing', () => {
    const { telling: told } = telling('off');
    saveSettings({ ...readSettings(), consents: [consentOf(catalog('ask'))!] });
    expect(consentOf(catalog('off'))).toBeNull();
    expect(told.may).toBe(false);
  });
});
