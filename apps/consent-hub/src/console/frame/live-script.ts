import { createHash } from 'node:crypto';

/**
 * Keeps the figures and the newest events of the overview current: by the stream of the hub, and where that breaks by asking every ten seconds. Waits while
 * the page is hidden. Without it the page shows the figures of the moment at which it was loaded.
 */
export const LIVE_SCRIPT = `'use strict';
(() => {
  const place = document.getElementById('now');
  const state = document.getElementById('live-state');
  if (!place || !state) return;
  const { stream, poll } = place.dataset;
  const POLL_MS = 10000;
  const RETRY_MS = 60000;
  let source = null;
  let timer = null;
  const say = (text, live = 'off') => { state.textContent = text; state.dataset.live = live; };
  const stop = () => {
    if (source) source.close();
    source = null;
    clearTimeout(timer);
  };
  const show = (html) => {
    const fresh = document.createElement('template');
    fresh.innerHTML = html;
    for (const part of document.querySelectorAll('[data-part]')) {
      const next = fresh.content.querySelector('[data-part="' + part.dataset.part + '"]');
      if (!next || next.innerHTML === part.innerHTML) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      part.innerHTML = next.innerHTML;
      if (focused) for (const link of part.querySelectorAll('a')) if (link.getAttribute('href') === focused) { link.focus({ preventScroll: true }); break; }
    }
  };
  const over = () => { stop(); say('Your session is over: sign in again.'); };
  const ask = async (until) => {
    try {
      const answer = await fetch(poll, { headers: { accept: 'text/html' } });
      if (answer.status === 401) return over();
      if (answer.ok) { show(await answer.text()); say('Read every 10 s', 'on'); }
      else say('Not current: the hub refuses');
    } catch { say('Not current: the hub does not answer'); }
    timer = setTimeout(() => (Date.now() < until ? ask(until) : follow()), POLL_MS);
  };
  const follow = () => {
    stop();
    if (document.hidden) return;
    if (!window.EventSource) return void ask(Infinity);
    source = new EventSource(stream);
    source.addEventListener('overview', (event) => { show(JSON.parse(event.data)); say('Live', 'on'); });
    source.addEventListener('over', over);
    source.onerror = () => { stop(); void ask(Date.now() + RETRY_MS); };
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? stop() : follow()));
  follow();
})();
`;

/** Changes with the script, so that browsers may keep it. */
export const LIVE_SCRIPT_PATH = `/console/live.js?v=${createHash('sha256').update(LIVE_SCRIPT).digest('hex').slice(0, 12)}`;
