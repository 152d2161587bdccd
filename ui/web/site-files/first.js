// Before the first paint: the shopper's own theme, and whether the page that the server sent is the one that is shown.
// It stands in the page itself, allowed by its hash.
{
  const { documentElement: root } = document;
  let settings = {};
  try {
    settings = JSON.parse(localStorage.getItem('knytt-settings') ?? '{}');
  } catch {
    // A private window keeps no settings.
  }
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const { theme = 'system', hintSeen = false } = settings;
  root.dataset.theme = theme === 'system' ? (isDark ? 'dark' : 'light') : theme;
  // The server does not see what stands behind the hash.
  if (location.hash.length > 2) root.classList.add('elsewhere');
  if (!hintSeen) root.classList.add('hinting');
}
