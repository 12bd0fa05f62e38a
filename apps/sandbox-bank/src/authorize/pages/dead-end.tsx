import type { JSX } from 'preact';
import type { DeadEndPage } from '../page.js';
import { TEXTS } from '../texts/dictionaries.js';
import { Layout } from './layout.js';

/** A page without a form: what happened, and where to begin again. */
export const DeadEnd = ({ frame, reason }: DeadEndPage): JSX.Element => {
  const texts = TEXTS[frame.language];
  const { title, text } = texts.deadEnds[reason];
  return (
    <Layout frame={frame} title={title}>
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      <p>{texts.wayOut}</p>
    </Layout>
  );
};
