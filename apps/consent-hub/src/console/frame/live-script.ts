import { createHash } from 'node:crypto';

/**
 * Keeps the figures of a page current: by the stream of the hub, and where that breaks, or there is none, by asking every ten
 * seconds or as often as the page says. Waits while the page is hidden. Without it the page shows the figures of the moment at
 * which it was loaded.
 */
export const LIVE_SCRIPT = `'use strict';
(() => {
  const place = document.getElementById('now');
  const state = document.getElementById('live-state');
  if (!place || !state) return;
  const { stream, poll, event: topic = 'overview' } = place.dataset;
  const seconds = Number(place.dataset.every || 10);
  const RETRY_MS = 60000;
  let source = null;
  let timer = null;
  const say = (text, live = 'off') => { state.textContent = text; state.dataset.live = live; };
  const stop = () => {
    if (source) source.close();
    source = null;
    clearTimeout(timer);
  };
  // What has the focus keeps it, where the new figures have it too.
  const replace = (part, html) => {
    if (part.innerHTML === html) return;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    part.innerHTML = html;
    if (focused) [...part.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus({ preventScroll: true });
  };
  // A page has one live place, or several parts that come together.
  const show = (html) => {
    const parts = document.querySelectorAll('[data-part]');
    if (parts.length === 0) return replace(place, html);
    const fresh = document.createElement('template');
    fresh.innerHTML = html;
    for (const part of parts) {
      const next = fresh.content.querySelector('[data-part="' + part.dataset.part + '"]');
      if (next) replace(part, next.innerHTML);
    }
  };
  const over = () => { stop(); say('Your session has ended: sign in again.'); };
  const ask = async (until) => {
    try {
      const answer = await fetch(poll, { headers: { accept: 'text/html' } });
      if (answer.status === 401) return over();
      if (answer.ok) { show(await answer.text()); say('Read every ' + seconds + ' s', 'on'); }
      else say('Not current: the hub refuses');
    } catch { say('Not current: the hub does not answer'); }
    timer = setTimeout(() => (Date.now() < until ? ask(until) : follow()), seconds * 1000);
  };
  const follow = () => {
    stop();
    if (document.hidden) return;
    if (!stream || !window.EventSource) return void ask(Infinity);
    source = new EventSource(stream);
    source.addEventListener(topic, (event) => { show(JSON.parse(event.data)); say('Live', 'on'); });
    source.addEventListener('over', over);
    source.onerror = () => { stop(); void ask(Date.now() + RETRY_MS); };
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? stop() : follow()));
  follow();
})();
`;

/** Changes with the script, so that browsers may keep it. */
export const LIVE_SCRIPT_PATH = `/console/live.js?v=${createHash('sha256').update(LIVE_SCRIPT).digest('hex').slice(0, 12)}`;
