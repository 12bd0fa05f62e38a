import type { ComponentChildren, JSX } from 'preact';
import { Sign, type Mood } from '../../http-api/sign.js';
import type { TitleAndText } from '../texts/texts.types.js';
import { Account } from './facts.js';
import { Frame, type PageContext } from './frame.js';

interface MessagePage {
  readonly context: PageContext;
  readonly message: TitleAndText;
  /** For programs. */
  readonly outcome: string;
  readonly mood: Mood;
  readonly onTo?: string;
  /** What the person can do. */
  readonly children?: ComponentChildren;
}

/** One thing to say, and where to go from there. */
export const MessagePage = ({
  context,
  message,
  outcome,
  mood,
  onTo,
  children,
}: MessagePage): JSX.Element => (
  <Frame
    context={context}
    title={message.title}
    outcome={outcome}
    kind={mood}
    {...(onTo !== undefined && { onTo })}
  >
    <Sign mood={mood} />
    <h1>{message.title}</h1>
    <p>{message.text}</p>
    {children}
  </Frame>
);

/** The accounts that a renewed access leaves out. */
export const MissingAccounts = ({
  context,
  ibans,
}: {
  readonly context: PageContext;
  readonly ibans: readonly string[];
}): JSX.Element => (
  <p class="reference">
    {context.texts.missingAccounts}{' '}
    {ibans.map((iban, at) => (
      <span key={iban}>
        {at > 0 && ', '}
        <Account iban={iban} context={context} />
      </span>
    ))}
  </p>
);

export const Button = ({
  to,
  isQuiet = false,
  children,
}: {
  readonly to: string;
  readonly isQuiet?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <a class={isQuiet ? 'button quiet' : 'button'} href={to}>
    {children}
  </a>
);
