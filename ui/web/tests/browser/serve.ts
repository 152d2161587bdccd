// One server of dist/ for all test files.

import type { TestProject } from 'vitest/node';
import { serve } from '../../scripts/browser.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    url: string;
  }
}

export default async function setup(project: TestProject) {
  const { url, close } = await serve();
  project.provide('url', url);
  return close;
}
