import { ConsoleFailure } from './console-failure.js';
import type { LinkState } from './console-link.repository.js';

const HOW_TO_GET_ONE =
  'Nothing was changed. Make another one on a machine that reaches the database: npx consent-hub console link';

const LINK_FAILURES: Readonly<Record<Exclude<LinkState, 'open'>, readonly [number, string, string]>> = {
  used: [410, 'This link was used already', 'A link lets one person in, once.'],
  expired: [410, 'This link has expired', 'A link holds for ten minutes.'],
  unknown: [404, 'This link is not known', 'It is cut off, or of another hub.'],
};

export function linkFailure(state: Exclude<LinkState, 'open'>): ConsoleFailure {
  const [status, title, text] = LINK_FAILURES[state];
  return new ConsoleFailure(status, title, `${text} ${HOW_TO_GET_ONE}`);
}

export const LINKS_NOT_USED = new ConsoleFailure(
  403,
  'Links are not used here',
  'People sign in at the identity provider of this console. The link was not used up, and nothing was changed.',
  true,
);

export const OTHER_ORIGIN = new ConsoleFailure(
  403,
  'This form comes from another site',
  'A link is opened here, and used by the button of that page. Nothing was changed.',
);

export const RETURN_ELSEWHERE = new ConsoleFailure(
  400,
  'This address leads elsewhere',
  'After signing in, return_url leads to a page of this console and nowhere else. Nothing was changed. Sign in without it.',
  true,
);
