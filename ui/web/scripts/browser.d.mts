import type { BrowserContext, BrowserContextOptions } from 'playwright-core';
export function serve(): Promise<{ url: string; close: () => Promise<void> }>;
export function launch(
  context?: BrowserContextOptions,
  flags?: string[],
): Promise<{ browser: BrowserContext; close: () => Promise<void> }>;
