/** Reads the page again every two seconds and takes over the parts that only show: forms and what is unfolded stay as they are. */
export const LIVE_SCRIPT = `'use strict';
(() => {
  const EVERY_MS = 2000;
  const state = document.getElementById('live-state');
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' });
      if (!answer.ok) throw new Error(String(answer.status));
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const part of document.querySelectorAll('[data-live]')) {
        const newer = next.getElementById(part.id);
        if (!newer || newer.innerHTML === part.innerHTML) continue;
        if (part.contains(document.activeElement) && part !== document.activeElement) continue;
        part.className = newer.className;
        part.innerHTML = newer.innerHTML;
      }
      state.textContent = 'Live';
    } catch {
      state.textContent = 'The bank does not answer';
    }
  };
  state.textContent = 'Live';
  setInterval(refresh, EVERY_MS);
  document.addEventListener('visibilitychange', refresh);
})();
`;
