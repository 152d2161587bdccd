export const licenceText = `Knytt — MIT OR Apache-2.0

candle 0.9 — MIT OR Apache-2.0
tauri 2 — MIT OR Apache-2.0
svelte 5 — MIT

(The app puts the full texts of everything inside here.)
`;
