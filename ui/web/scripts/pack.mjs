// Makes site/, which a server serves, from dist/: addresses from the root, the files of an installed app, and
// a compressed copy of each file for browsers.

import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [dist, site, elements] = [at('dist'), at('site'), at('elements')];
/** Size in bytes below which compression saves hardly anything. */
const worthPacking = 700;

/** False for the files that only the desktop app and the tests load. */
const isOurs = (name) => !/^(mock|tauri)-/.test(name);

export function* files(folder, prefix = '') {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path, `${prefix}${name}/`);
    else yield [`${prefix}${name}`, path];
  }
}

/** Placeholder of the header. It has no `div`, because the server adds contents before the first `</div>`. */
const shell = '<header class="shell" data-shell><span>Knytt</span></header>';

/** Without comments and space: both stand in every page. */
const smaller = (text) =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim();

/** What the first paint needs: all colours and measures, and the looks of what the server puts into a page. */
function firstStyle() {
  const read = (name) => readFileSync(at(`src/styles/${name}.css`), 'utf8');
  const tokens = read('tokens');
  const [, dark] = /:root\[data-theme='dark'\] \{([^}]*)\}/.exec(tokens);
  // Without scripts the theme is the system's.
  const system = `@media (prefers-color-scheme: dark) { :root:not([data-theme]) {${dark}} }`;
  const style = [tokens, system, read('base'), read('served')].join('\n');
  return smaller(style)
    .replace(/\n/g, ' ')
    .replace(/\s*([{};,])\s*/g, '$1')
    .replace(/: /g, ':');
}

function page() {
  const head = [
    `<style>${firstStyle()}</style>`,
    `<script>${smaller(readFileSync(at('site-files/first.js'), 'utf8'))}</script>`,
    '<meta name="description" content="Find a product of this shop by a picture, by words, or by both." />',
    '<meta name="theme-color" content="#faf8f4" media="(prefers-color-scheme: light)" />',
    '<meta name="theme-color" content="#161412" media="(prefers-color-scheme: dark)" />',
    '<link rel="manifest" href="/manifest.webmanifest" />',
    '<link rel="apple-touch-icon" href="/icon-256.png" />',
  ];
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
    .replaceAll('"./assets/', '"/assets/')
    // Nothing waits for the style of what scripts make; the interface puts it in before it shows itself.
    .replaceAll('<link rel="stylesheet"', '<link data-later="preload" as="style" data-late')
    .replaceAll('<link rel="modulepreload"', '<link data-later="modulepreload"')
    // The script of the page itself (`first.js`) loads and starts the interface.
    .replace(
      /<script type="module" crossorigin src="([^"]+)"><\/script>/,
      '<link data-later="modulepreload" data-start crossorigin href="$1">',
    );
  // Loads the client's module in parallel with the main module, not after it.
  for (const client of readdirSync(join(dist, 'assets')).filter((name) => /^client-.*\.js$/.test(name)))
    head.push(`<link data-later="modulepreload" crossorigin href="/assets/${client}" />`);
  if (!html.includes('data-start')) throw new Error('index.html has no script to start');
  return html
    .replace('</head>', `  ${head.join('\n    ')}\n  </head>`)
    .replace('<div id="app"></div>', `<div id="app">${shell}</div>`);
}

function worker(names) {
  // The console is for staff: it needs the server, and shoppers need not load it.
  const isForShoppers = (name) => name !== 'index.html' && !/^assets\/(show|console)[-.]/.test(name);
  const cached = ['/?shell', ...names.filter(isForShoppers).map((name) => `/${name}`)];
  const digest = createHash('sha256');
  for (const name of names) digest.update(name).update(readFileSync(join(site, name)));
  return readFileSync(at('site-files/sw.js'), 'utf8')
    .replace("'VERSION'", `'${digest.digest('hex').slice(0, 12)}'`)
    .replace('/* FILES */ []', JSON.stringify(cached, null, 2));
}

function licences() {
  const text = readFileSync(at('node_modules/svelte/LICENSE.md'), 'utf8');
  const plot = readFileSync(at('node_modules/uplot/LICENSE'), 'utf8');
  const made = `Svelte\n\n${text}\n\nuPlot\n\n${plot}`;
  return `The pages are licensed under MIT or Apache-2.0, as you like. They are made with:\n\n${made}`;
}

rmSync(site, { recursive: true, force: true });
mkdirSync(join(site, 'assets'), { recursive: true });
for (const [name, path] of files(join(dist, 'assets')))
  if (isOurs(name)) cpSync(path, join(site, 'assets', name));
writeFileSync(join(site, 'index.html'), page());
for (const name of ['manifest.webmanifest', 'icon-maskable.svg'])
  cpSync(at(`site-files/${name}`), join(site, name));
cpSync(at('../../icons/knytt.svg'), join(site, 'icon.svg'));
cpSync(at('../../icons/128x128@2x.png'), join(site, 'icon-256.png'));
cpSync(at('../../icons/icon.png'), join(site, 'icon-512.png'));
const names = [...files(site)].map(([name]) => name);
writeFileSync(join(site, 'sw.js'), worker(names));
writeFileSync(join(site, 'licences.txt'), licences());
if (existsSync(elements)) cpSync(elements, site, { recursive: true });

for (const [name, path] of [...files(site)]) {
  const bytes = readFileSync(path);
  if (name.endsWith('.png') || bytes.length < worthPacking) {
    if (name !== 'index.html') continue;
  }
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, quality));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
