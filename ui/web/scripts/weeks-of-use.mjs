// What weeks of use leave in a server, for the console's pictures: people, experiments, alerts, screens in stores.
// What only time could make is written into its database; the server reads and judges it as its own.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const days = 16;

/** Runs statements on the server's database. */
function write(data, statements) {
  const input = ['BEGIN IMMEDIATE;', ...statements, 'COMMIT;'].join('\n');
  execFileSync('sqlite3', ['-bail', '-cmd', '.timeout 20000', join(data, 'knytt.db')], { input });
}

const text = (value) => `'${String(value).replaceAll("'", "''")}'`;
const insert = (table, row) =>
  `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.values(row)
    .map((value) => (typeof value === 'number' ? value : text(value)))
    .join(', ')});`;

/** Asks the API in a page that is signed in. */
const ask = (page, method, path, body) =>
  page.evaluate(
    async ({ method, path, body }) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      const said = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
      return said && JSON.parse(said);
    },
    { method, path, body },
  );

/** Colleagues of the first admin. */
export async function addPeople(page) {
  for (const [email, role] of [
    ['ines@shop.example', 'merchandiser'],
    ['mateo@shop.example', 'publisher'],
    ['yuki@shop.example', 'analyst'],
  ])
    await ask(page, 'POST', '/api/v1/admin/users', { email, role });
}

/** The bucket of the server's sketches that a time belongs to. */
const bucket = (ms) => Math.ceil(Math.log(ms) / Math.log(1.01 / 0.99));

/** What is counted of an arm on one day. `shares` are of the searches. */
function counted(experiment, arm, day, searches, shares) {
  const of = (share) => Math.round(searches * share);
  const key = { experiment, arm, day };
  const rows = [
    insert('experiment_days', {
      ...key,
      searches,
      zero_result: of(shares.nothing),
      no_good_match: of(0.06),
      clicked: of(shares.clicked),
      carted: of(shares.clicked * 0.28),
      purchased: of(shares.clicked * 0.09),
    }),
    insert('experiment_visitors', { ...key, visitors: of(0.58) }),
  ];
  for (const [ms, share] of [
    [18, 0.3],
    [26, 0.4],
    [41, 0.2],
    [shares.slowMs, 0.06],
    [2 * shares.slowMs, 0.04],
  ])
    rows.push(insert('experiment_latency', { ...key, bucket: bucket(ms), answers: of(share) }));
  return rows;
}

/** A day has more searches towards the week's end. */
const searchesOf = (day) => 900 + 90 * (day % 7);

async function addExperiment(page, catalog, name, variant, more = {}) {
  const arms = [
    { name: 'As now', share: 5_000 },
    { share: 5_000, ...variant },
  ];
  const plan = { name, metric: 'clicked', lift: 0.05, baseline: 0.3, arms, ...more };
  const path = `/api/v1/admin/catalogs/${catalog}/experiments`;
  const { id } = await ask(page, 'POST', path, plan);
  return { id, path: `${path}/${id}` };
}

/** One that has ended, one that runs, one that is planned. */
export async function addExperiments(page, catalog, data) {
  const now = Date.now();
  const today = Math.floor(now / dayMs);
  const ended = await addExperiment(page, catalog, 'Newest first', {
    name: 'Newest first',
    weights: { freshness: 0.8 },
  });
  await ask(page, 'POST', `${ended.path}/start`);
  await ask(page, 'POST', `${ended.path}/stop`);
  const running = await addExperiment(
    page,
    catalog,
    'Words count more',
    { name: 'More words', weights: { words: 1.4 } },
    { days: 28 },
  );
  await ask(page, 'POST', `${running.path}/start`);
  await addExperiment(
    page,
    catalog,
    'Colours of the season',
    { name: 'Colours', weights: { color: 0.9 } },
    { interleaved: true },
  );
  const at = (id, created, started, end) =>
    `UPDATE experiments SET created_ms = ${now - created * dayMs}, started_ms = ${now - started * dayMs}` +
    `${end === undefined ? '' : `, ended_ms = ${now - end * dayMs}`} WHERE id = ${text(id)};`;
  const statements = [at(ended.id, 40, 39, 18), at(running.id, days + 1, days)];
  for (let day = 0; day < days; day++) {
    const searches = searchesOf(day);
    const [control, variant] = [
      { clicked: 0.301, nothing: 0.034, slowMs: 62 },
      { clicked: 0.326, nothing: 0.029, slowMs: 60 },
    ];
    statements.push(
      ...counted(running.id, 0, today - days + day, searches, control),
      ...counted(running.id, 1, today - days + day, searches + 8 * (day % 3) - 8, variant),
      ...counted(ended.id, 0, today - 39 + day, searches, control),
      ...counted(ended.id, 1, today - 39 + day, searches, { ...control, clicked: 0.268 }),
    );
  }
  write(data, statements);
}

/** Alerts of the past. */
function resolved(now) {
  const alert = (id, metric, openedHours, hours, more) =>
    insert('alerts', {
      id,
      rule: metric,
      metric,
      catalog: 'shop',
      subject: '',
      count: 1,
      opened_ms: now - openedHours * hourMs,
      seen_ms: now - (openedHours - hours) * hourMs,
      fine_ms: now - (openedHours - hours) * hourMs,
      resolved_ms: now - (openedHours - hours) * hourMs,
      acknowledged_ms: 0,
      acknowledged_by: '',
      note: '',
      ...more,
    });
  return [
    alert('0193-2', 'zeroResults', 75, 5, {
      value: 0.118,
      expected: 0.041,
      text: '141 of 1195 searches in 180 minutes had no hit (11.8 %); usual at this time: 4.1 %',
    }),
    alert('0193-1', 'latencyP99', 168, 2, {
      value: 412,
      expected: 300,
      text: '99 % of 2210 answers took up to 412 ms in 5 minutes; the limit is 300 ms',
    }),
  ];
}

/** Waits until the rules, which are evaluated twice a minute, have found something of these metrics. */
async function found(page, metrics) {
  for (let attempt = 0; attempt < 240; attempt++) {
    const open = await ask(page, 'GET', '/api/v1/admin/alerts?open=true');
    if (metrics.every((wanted) => open.some(({ metric }) => metric === wanted))) return open;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`no alerts of ${metrics.join(', ')}`);
}

/** Screens in stores, one of which is silent; rules that found something, who is told, and what was resolved. */
export async function addAlerts(page, data) {
  const now = Date.now();
  const kiosk = (name, store, agoMs) =>
    insert('kiosks', { name, store, version: '0.2.0', release: 1, seen_ms: now - agoMs });
  write(data, [
    kiosk('entrance', 'Stockholm, Drottninggatan', 2 * hourMs),
    // Ahead of now, so that they are not silent before the last picture is taken.
    kiosk('upstairs', 'Stockholm, Drottninggatan', -0.4 * hourMs),
    kiosk('window', 'Malmö, Södergatan', -0.4 * hourMs),
    ...resolved(now),
  ]);
  const open = await found(page, ['failedJob', 'kiosk']);
  const failed = open.find(({ metric }) => metric === 'failedJob');
  const note = 'The supplier sends a whole feed at noon.';
  await ask(page, 'POST', `/api/v1/admin/alerts/${failed.id}/acknowledge`, { note });
  const channel = (id, kind, address) =>
    insert('alert_channels', { id, kind, address, catalog: '', secret: '', made_ms: now, actor: '' });
  const sent = (id, to, alert) =>
    insert('alert_deliveries', {
      id,
      alert,
      channel: to,
      event: 'opened',
      body: '{}',
      state: 'sent',
      attempts: 1,
      due_ms: now,
      made_ms: now,
      ended_ms: now,
      error: '',
    });
  write(data, [
    channel('0193-c', 'webhook', 'https://hooks.shop.example/knytt'),
    channel('0193-d', 'email', 'on-call@shop.example'),
    sent('0193-e', '0193-c', failed.id),
    sent('0193-f', '0193-d', failed.id),
  ]);
}
