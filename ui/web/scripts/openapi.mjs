// Writes the types of the shop's API from its description, `docs/openapi.json`.
//
//     npm run openapi

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const description = new URL('../../../docs/openapi.json', import.meta.url);
const target = new URL('../src/lib/api/shop/schema.ts', import.meta.url);

/** The text of the file with the types. */
export async function types() {
  const api = JSON.parse(await readFile(description, 'utf8'));
  const head = '// Generated from docs/openapi.json by `npm run openapi`. Do not edit.\n\n';
  return head + astToString(await openapiTS(api, { defaultNonNullable: false }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(target, await types());
