// Lets the browser paint and hear the shopper between two pieces of work.

interface Yielding {
  scheduler?: { yield?: () => Promise<void> };
}

/** Ends the present task; what follows runs in one of its own. */
export function turn(): Promise<void> {
  const { scheduler } = globalThis as Yielding;
  return scheduler?.yield?.() ?? new Promise((done) => setTimeout(done));
}
