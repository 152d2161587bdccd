// The elements' style, as a constructed sheet: a strict content policy allows it. Pages set the variables.

const css = `
:host {
  --_accent: var(--knytt-accent, #0e6a55);
  --_on-accent: var(--knytt-on-accent, #fff);
  --_ink: var(--knytt-ink, #211d18);
  --_soft: var(--knytt-ink-soft, #655c51);
  --_surface: var(--knytt-surface, #fff);
  --_line: var(--knytt-line, #d8d0c4);
  --_picture: var(--knytt-picture, #f1ece4);
  --_radius: var(--knytt-radius, 12px);
  display: block;
  position: relative;
  color: var(--_ink);
  font: var(--knytt-font, inherit);
  text-align: start;
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
button, input { font: inherit; color: inherit; }
.bar { display: flex; align-items: center; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface); }
.bar:focus-within { outline: 2px solid var(--_accent); outline-offset: 1px; }
.bar input { flex: 1; min-inline-size: 0; min-block-size: 44px; padding-inline: 14px; border: 0; background: none; outline: none; }
.icon { display: grid; place-items: center; inline-size: 44px; block-size: 44px; border: 0; border-radius: var(--_radius); background: none; color: var(--_accent); cursor: pointer; }
.icon svg { inline-size: 22px; block-size: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
:is(button, a):focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
.panel { margin-block-start: 8px; padding: 12px; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface); }
.panel[hidden] { display: none; }
:host([overlay]) .panel { position: absolute; z-index: 2147483000; inset-inline: 0; inset-block-start: 100%; max-block-size: 70vh; overflow-y: auto; box-shadow: 0 12px 40px rgb(0 0 0 / 18%); }
.status { margin: 0 0 8px; color: var(--_soft); font-size: 0.875em; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 14px; margin: 0; padding: 0; list-style: none; }
.grid a { display: block; color: inherit; text-decoration: none; }
.grid img { display: block; inline-size: 100%; block-size: auto; aspect-ratio: 4 / 5; border-radius: calc(var(--_radius) - 4px); background: var(--_picture); object-fit: cover; }
.name { display: -webkit-box; margin-block-start: 6px; overflow: hidden; -webkit-line-clamp: 2; -webkit-box-orient: vertical; font-size: 0.875em; }
.price { font-weight: 600; }
.price s { color: var(--_soft); font-weight: 400; }
.act { min-block-size: 44px; padding-inline: 14px; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface); cursor: pointer; }
.act.first { border-color: var(--_accent); background: var(--_accent); color: var(--_on-accent); }
.acts { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 10px; }
li .act { inline-size: 100%; margin-block-start: 6px; }
video { display: block; inline-size: 100%; max-block-size: 60vh; border-radius: var(--_radius); background: #000; }
h2 { margin: 0 0 10px; font-size: 1.125em; }
.busy { opacity: 0.55; }
.out { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
@media (prefers-reduced-motion: no-preference) { .grid { transition: opacity 120ms; } }
`;

let sheet: CSSStyleSheet | null = null;

export function styled(root: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  root.adoptedStyleSheets = [sheet];
}
