// Looks again and again while a page is shown: soon while something is under way, seldom otherwise.

const soon = 700;
const seldom = 5_000;

/** `look` says whether something is under way. Returns what ends the looking. */
export function looking(look: () => Promise<boolean>): () => void {
  let [ended, timer] = [false, 0];
  const next = async () => {
    const busy = await look().catch(() => false);
    if (!ended) timer = window.setTimeout(() => void next(), busy ? soon : seldom);
  };
  void next();
  return () => {
    ended = true;
    window.clearTimeout(timer);
  };
}
