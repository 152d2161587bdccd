// Measures the served interface with Lighthouse (mobile, simulated slow 4G), and prints a table.
//
//     npm run lighthouse                 # a release build of `knytt` if there is one, else the debug build
//     npm run lighthouse -- results      # one page
//
// Each page is measured three times; the run in the middle by performance is printed.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import lighthouse from 'lighthouse';
import { freePort, openShop, program } from './shop.mjs';

const runs = Number(process.env.RUNS ?? 3);
const pages = { start: '/', results: '/?q=red+dress', product: '/p/kn-00012' };
const categories = ['performance', 'accessibility', 'best-practices', 'seo'];
const asked = process.argv.slice(2);

const port = await freePort();
const profile = mkdtempSync(join(tmpdir(), 'knytt-lighthouse-'));
const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  `--user-data-dir=${profile}`,
];
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) throw new Error(`There is no ${chromium}: set CHROMIUM.`);
const knytt = program(true);
const shop = await openShop({ knytt });
const browser = spawn(chromium, [...flags, `--remote-debugging-port=${port}`, 'about:blank'], {
  stdio: 'ignore',
});
try {
  await reachable(`http://127.0.0.1:${port}/json/version`);
  console.log(`${knytt}\n`);
  console.log('| page | performance | accessibility | practices | SEO | FCP | LCP | TTI | TBT | CLS |');
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const [name, path] of Object.entries(pages)) {
    if (asked.length === 0 || asked.includes(name))
      console.log(row(name, await measured(`${shop.url}${path}`)));
  }
} finally {
  browser.kill();
  await new Promise((done) => browser.once('exit', done));
  await shop.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

async function reachable(url) {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('Chromium does not answer.');
}

async function measured(url) {
  const results = [];
  for (let run = 0; run < runs; run++) {
    const { lhr } = await lighthouse(url, { port, onlyCategories: categories, logLevel: 'error' });
    results.push(lhr);
  }
  const performance = (lhr) => lhr.categories.performance.score;
  const middle = results.sort((a, b) => performance(a) - performance(b))[Math.floor(runs / 2)];
  if (process.env.WHY) explain(middle);
  return middle;
}

function row(name, { categories: scores, audits }) {
  const score = (category) => Math.round(scores[category].score * 100);
  const seconds = (audit) => `${(audits[audit].numericValue / 1000).toFixed(2)} s`;
  const cells = [
    name,
    ...categories.map(score),
    seconds('first-contentful-paint'),
    seconds('largest-contentful-paint'),
    seconds('interactive'),
    `${Math.round(audits['total-blocking-time'].numericValue)} ms`,
    audits['cumulative-layout-shift'].numericValue.toFixed(3),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What costs points, with `WHY=1`. */
function explain({ audits }) {
  for (const [name, audit] of Object.entries(audits)) {
    const isBad = audit.score !== null && audit.score < 0.9;
    if (!isBad && !['layout-shifts', 'cls-culprits-insight', 'lcp-breakdown-insight'].includes(name))
      continue;
    console.log(`  ${name} ${audit.score} ${audit.displayValue ?? ''}`);
    for (const item of (audit.details?.items ?? []).slice(0, 6))
      console.log(`    ${JSON.stringify(item).slice(0, 400)}`);
  }
}
