// Writes docs/screenshots/kiosk from the PNGs of a folder, half as wide and high: `cargo xtask screens kiosk` draws them.
//
//     npm run screenshots:kiosk -- FOLDER

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fill } from './album.mjs';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Which folder has the pictures? cargo xtask screens kiosk');
const drawn = readdirSync(folder).filter((name) => name.endsWith('.png'));
if (drawn.length === 0) throw new Error(`${folder} has no pictures.`);

await fill('kiosk', [], async (album) => {
  for (const file of drawn.sort())
    await album.addPng(file.slice(0, -'.png'.length), readFileSync(join(folder, file)), 0.5);
});
