// Drawings in place of photographs: one outline for each kind of product, filled with its colour and pattern.
// They use attributes and no styles, so that any content policy allows them.

import type { MockProduct } from './products';

const outline: Record<string, { body: string; detail: string }> = {
  Dresses: {
    body: 'M150 66 168 64Q200 104 232 64L250 66 264 150Q250 196 250 222L318 428Q200 462 82 428L150 222Q150 196 136 150Z',
    detail: 'M150 222Q200 238 250 222M196 240 176 440M214 240 246 432M168 64Q200 118 232 64',
  },
  'T-shirts': {
    body: 'M140 108 166 98Q200 132 234 98L260 108 338 166 306 230 268 204V404Q200 414 132 404V204L94 230 62 166Z',
    detail: 'M160 101Q200 148 240 101M132 204V250M268 204V250M134 388Q200 398 266 388',
  },
  Shirts: {
    body: 'M146 98 172 82 200 108 228 82 254 98 300 126 346 366 306 376 270 226V416H130V226L94 376 54 366 100 126Z',
    detail:
      'M200 108V416M172 82 182 132 200 108 218 132 228 82M130 226V180M270 226V180M226 200H252V232H226ZM60 346 99 356M340 346 301 356',
  },
  Sweaters: {
    body: 'M148 100Q200 122 252 100L302 128 350 372 304 384 272 232V412H128V232L96 384 50 372 98 128Z',
    detail:
      'M148 100Q200 142 252 100M128 388H272M128 232V190M272 232V190M56 352 102 364M344 352 298 364M140 390V410M160 390V410M180 390V410M200 390V410M220 390V410M240 390V410M260 390V410',
  },
  Jackets: {
    body: 'M144 92 170 76H230L256 92 308 124 352 376 304 386 276 240V424H124V240L96 386 48 376 92 124Z',
    detail:
      'M200 80V424M170 76 186 150 200 120 214 150 230 76M124 240V190M276 240V190M144 300 182 290M256 300 218 290M144 300V350H182M256 300V350H218',
  },
  Trousers: {
    body: 'M132 70H268L276 120 296 440H222L204 196H196L178 440H104L124 120Z',
    detail:
      'M130 96H270M200 96V190M150 96Q148 130 128 136M250 96Q252 130 272 136M152 160 140 430M248 160 260 430',
  },
  Skirts: {
    body: 'M142 112H258L262 140 332 388Q200 424 68 388L138 140Z',
    detail: 'M138 140Q200 148 262 140M168 146 132 402M200 148V412M232 146 268 402',
  },
  Shoes: {
    body: 'M62 306Q58 250 74 208Q104 226 136 206L160 196 250 264Q336 276 344 322V340H62Z',
    detail:
      'M160 196Q168 236 140 260M176 210 152 232M196 224 172 248M216 240 192 264M62 318Q200 330 344 322M250 264Q240 296 262 322',
  },
  Bags: {
    body: 'M98 214H302L322 402Q322 418 306 418H94Q78 418 78 402Z',
    detail: 'M146 214V176Q146 110 200 110T254 176V214M96 250H304M186 250V282H214V250',
  },
  Hats: {
    body: 'M128 280Q124 156 200 156T272 280Q352 292 364 326Q200 368 36 326Q48 292 128 280Z',
    detail: 'M126 274Q200 306 274 274M128 252Q200 284 272 252M200 158V172',
  },
  Lamps: {
    body: 'M148 84H252L308 240H92Z',
    detail:
      'M200 240V404M140 416Q140 400 200 400T260 416ZM236 240V282M228 282A8 8 0 1 0 244 282A8 8 0 1 0 228 282',
  },
  Chairs: {
    body: 'M126 96Q126 80 142 80H258Q274 80 274 96L268 244H284Q304 244 304 264V286H96V264Q96 244 116 244H132Z',
    detail:
      'M112 286 98 436M288 286 302 436M146 286V400M254 286V400M132 244H268M160 100V230M200 100V230M240 100V230',
  },
};

const motif: Record<string, (ink: string) => string> = {
  Plain: () => '',
  Striped: (ink) => `<path d="M0 5H32M0 21H32" stroke="${ink}" stroke-width="6"/>`,
  Dotted: (ink) => `<circle cx="8" cy="8" r="4" fill="${ink}"/><circle cx="24" cy="24" r="4" fill="${ink}"/>`,
  Checked: (ink) =>
    `<path d="M8 0V32M0 8H32M24 0V32M0 24H32" stroke="${ink}" stroke-width="4" opacity=".7"/>`,
  Floral: (ink) =>
    `<g fill="${ink}"><circle cx="10" cy="6" r="3.4"/><circle cx="15" cy="10" r="3.4"/><circle cx="10" cy="14" r="3.4"/><circle cx="5" cy="10" r="3.4"/><circle cx="26" cy="26" r="2.4"/></g>`,
};

const light = (hex: string) => {
  const n = Number.parseInt(hex.slice(1), 16);
  return ((n >> 16) & 255) * 0.3 + ((n >> 8) & 255) * 0.59 + (n & 255) * 0.11 > 128;
};

/** Draws the product in a 400 × 500 field; `key` makes its definitions' ids unique on one sheet. */
export function figure(product: MockProduct, key = 'a'): string {
  const { body, detail } = outline[product.category] ?? outline['Bags']!;
  const pale = light(product.hex);
  const ink = pale ? '#4a4038' : '#fbf7f0';
  // Legs, stems and handles lie over the background, not over the product, so they are drawn dark.
  const stands = ['Lamps', 'Chairs', 'Bags'].includes(product.category);
  const line = pale || stands ? '#3b332b' : '#fff';
  return (
    `<defs><pattern id="p${key}" width="32" height="32" patternUnits="userSpaceOnUse">` +
    `<rect width="32" height="32" fill="${product.hex}"/>${(motif[product.pattern] ?? motif['Plain']!)(ink)}</pattern>` +
    `<linearGradient id="s${key}" x2="1" y2="1"><stop stop-color="#fff" stop-opacity=".2"/>` +
    `<stop offset=".55" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".2"/></linearGradient></defs>` +
    `<path d="${body}" fill="url(#p${key})" stroke-linejoin="round"/>` +
    `<path d="${body}" fill="url(#s${key})" stroke="#000" stroke-opacity=".16" stroke-width="2"/>` +
    `<path d="${detail}" fill="none" stroke="${line}" stroke-opacity="${stands ? 0.62 : 0.38}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>`
  );
}

const backgrounds = ['#f0ebe2', '#ebe7e1', '#efe9e6', '#e9ebe5', '#e8eaec'];

const url = (width: number, height: number, inner: string) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${inner}</svg>`,
  )}`;

export function drawProduct(product: MockProduct): string {
  const ground = backgrounds[product.number % backgrounds.length]!;
  return url(
    400,
    500,
    `<rect width="400" height="500" fill="${ground}"/><ellipse cx="200" cy="446" rx="128" ry="12" fill="#000" opacity=".07"/>${figure(product)}`,
  );
}

/** Draws several products in one picture, as a picture of an outfit would show them. */
export function drawScene(
  parts: { product: MockProduct; x: number; y: number; scale: number }[],
  width: number,
  height: number,
): string {
  const drawn = parts.map(
    ({ product, x, y, scale }, i) =>
      `<g transform="translate(${x} ${y}) scale(${scale})">${figure(product, String(i))}</g>`,
  );
  return url(
    width,
    height,
    `<rect width="${width}" height="${height}" fill="#e9e3d9"/><rect y="${height * 0.82}" width="${width}" height="${height * 0.18}" fill="#d9cfc0"/>${drawn.join('')}`,
  );
}
