import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { mockClient } from '../../src/lib/api/mock';
import { duration } from '../../src/lib/i18n/format';
import { i18n } from '../../src/lib/i18n/i18n.svelte';
import { problemText } from '../../src/lib/i18n/problems';
import { App } from '../../src/lib/state/app.svelte';
import { followModels } from '../../src/lib/state/model-events';

beforeAll(() => i18n.addPages());
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = (millis = 400) => vi.advanceTimersByTimeAsync(millis);

async function make(query = '') {
  const client = mockClient(new URLSearchParams(`latency=5&hint=0&${query}`));
  const app = new App(client);
  app.router.go = () => undefined;
  client.onCatalogs((event) => app.heard(event));
  followModels(app, client.models!);
  void app.begin();
  const models = app.models!;
  void models.load();
  await settle();
  const of = (name: string) => models.list!.models.find((each) => each.name === name)!;
  return { app, client, models, of, said: () => app.notices.list.map(({ text }) => text) };
}

describe('getting a model', () => {
  it('asks with the licence and the size, tells the download, and says when it is here', async () => {
    const { models, of, said } = await make();
    void models.askGet('fashion-clip');
    expect(models.question).toMatchObject({ kind: 'get', offer: null });
    await settle(100);
    expect(models.question).toMatchObject({ offer: { license: 'mit', free: true } });
    void models.get('fashion-clip', true);
    await settle(100);
    expect(models.question).toBeNull();
    expect(models.work).toMatchObject({ task: 'get', phase: 'downloading' });
    expect(models.work!.secondsLeft).toBeGreaterThan(0);
    await settle(1000);
    expect(models.work).toBeNull();
    expect(of('fashion-clip').here).toBe(true);
    expect(said().join()).toContain('fashion-clip is here');
  });

  it('has a licence that is not stated accepted first', async () => {
    const { models } = await make();
    void models.askGet('clip-l14');
    await settle(100);
    expect(models.question).toMatchObject({ offer: { license: null, free: false } });
    models.close();
    expect(models.question).toBeNull();
  });

  it('keeps a failure on the page, and says it elsewhere', async () => {
    const { models, said } = await make('model=offline');
    void models.get('fashion-clip', true);
    await settle(1000);
    expect(models.problem?.code).toBe('offline');
    expect(said().join()).toContain(problemText(models.problem!, 'model'));
    void models.askGet('fashion-clip');
    expect(models.problem).toBeNull();
  });

  it('is stopped without a word', async () => {
    const { models, said } = await make('model=hold');
    void models.get('fashion-clip', true);
    await settle(200);
    expect(models.work).not.toBeNull();
    void models.cancel();
    await settle(100);
    expect([models.work, models.problem, said()]).toEqual([null, null, []]);
  });
});

describe('measuring a model', () => {
  it('shows each arithmetic, and which one is used', async () => {
    const { models, of } = await make();
    void models.measure('siglip2');
    await settle(1000);
    expect(of('siglip2').precisions.map(({ precision }) => precision)).toEqual(['f32', 'bf16', 'int8']);
    expect(of('siglip2').precisions.filter(({ chosen }) => chosen)).toHaveLength(1);
  });
});

describe('another model for the open catalogue', () => {
  it('takes its place with the products of before, and what was found is found anew', async () => {
    const { app, client, models, of, said } = await make();
    const searched = vi.spyOn(client, 'search');
    void models.askUse('siglip2');
    await settle(100);
    expect(models.question).toMatchObject({ kind: 'use', plan: { thumbnails: 14 } });
    void models.reembed('siglip2');
    await settle(100);
    expect(models.work).toMatchObject({ task: 'reembed', phase: 'embedding' });
    expect(app.start?.model?.name).toBe('starter');
    await settle(1000);
    expect(app.start?.model?.name).toBe('siglip2');
    expect(of('siglip2').current).toBe(true);
    expect(searched).toHaveBeenCalled();
    expect(said().join()).toContain('Knytt sample shop is searched with siglip2 now');
  });

  it('is stopped, listed, continued or discarded', async () => {
    const { models } = await make('model=hold');
    void models.reembed('siglip2');
    await settle(200);
    void models.cancel();
    await settle(100);
    expect(models.list?.unfinished).toMatchObject({ model: 'siglip2', total: 120 });
    expect(models.list!.unfinished!.done).toBeGreaterThan(0);
    void models.reembed('siglip2');
    await settle(50);
    expect(models.list?.unfinished).toBeNull();
    void models.cancel();
    await settle(100);
    void models.discard();
    await settle(50);
    expect(models.list?.unfinished).toBeNull();
  });

  it('cannot be chosen where a shop chooses it', async () => {
    const { models } = await make('model=shop');
    expect(models.list?.changeable).toBe(false);
  });
});

describe('the device of the model', () => {
  it('is another one than asked for, and the window says so', async () => {
    const { app, models, said } = await make('model=moved');
    expect(said().join()).toContain('It runs on the processor');
    expect(app.start?.model).toMatchObject({ device: 'cpu' });
    expect(models.list?.model?.notice).toContain('lost');
    expect(models.list?.devices.map(({ id }) => id)).toEqual(['cpu', 'gpu:0', 'gpu:1']);
  });
});

it('says that the catalogue asks for a safety classifier that is not here', async () => {
  const { models, said } = await make('model=unjudged');
  expect(said().join()).toMatch(/safety classifier .*open-nsfw.* is not on this device/u);
  expect(models.list?.model?.missingClassifier).toBe('open-nsfw');
  expect((await make('')).said()).toEqual([]);
});

it('says times in the unit that fits', () => {
  expect([0.2, 40, 200, 9000].map(duration)).toEqual(['1 sec', '40 sec', '3 min', '2.5 hr']);
});
