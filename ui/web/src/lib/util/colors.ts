// Swatches for colour names as shops write them ("Navy", "dark grey", "Off-White").

const known: Record<string, string> = {
  black: '#26231f', white: '#fbfaf7', 'off-white': '#f4efe4', cream: '#f3e9d2', ivory: '#f5efdf',
  grey: '#97958f', gray: '#97958f', silver: '#c3c4c6', charcoal: '#45454a', anthracite: '#3c3d42',
  navy: '#27365c', blue: '#4472b5', turquoise: '#3fb2ad', teal: '#22757a', cyan: '#3cbccb',
  green: '#4b7c57', olive: '#77753f', khaki: '#a89c6c', mint: '#a9d8bf', lime: '#a6c84a',
  yellow: '#e4b93f', mustard: '#c9962f', gold: '#c8a24a', orange: '#dd7a35', coral: '#ea7d68',
  red: '#b73636', burgundy: '#6e2233', bordeaux: '#6e2233', maroon: '#6b2430', rust: '#b8623a',
  pink: '#dd9aa9', rose: '#d98a99', magenta: '#b93b84', purple: '#744c94', violet: '#7a58a6',
  lilac: '#b3a0cf', lavender: '#b9aeda', plum: '#6a3a5c', brown: '#73523b', tan: '#c59b6c',
  camel: '#bd9160', beige: '#d5c2a3', sand: '#d9c8a8', taupe: '#8d8074', bronze: '#8f6a3f',
  copper: '#b06f47', multicolour: 'multi', multicolor: 'multi', multi: 'multi',
  schwarz: '#26231f', weiß: '#fbfaf7', grau: '#97958f', blau: '#4472b5', grün: '#4b7c57', rot: '#b73636',
  gelb: '#e4b93f', rosa: '#dd9aa9', braun: '#73523b', lila: '#744c94',
};

export function swatch(name: string): string | null {
  const words = name.toLowerCase().split(/[\s/,]+/u);
  // The last word is the colour, the ones before it shade it: "light blue".
  for (const word of words.reverse()) if (known[word]) return known[word];
  return null;
}
