import type { Secret } from '@consent-hub/psd2-protocol';
import { renderCard } from '../frame/frame.js';

interface SignIn {
  readonly base: string;
  readonly isByProvider: boolean;
  /** A path of the console to which the person goes then. */
  readonly returnUrl: string | undefined;
}

export const renderSignInPage = ({ base, isByProvider, returnUrl }: SignIn): string =>
  renderCard({
    title: 'Sign in to the console',
    children: isByProvider ? (
      <>
        <p>
          You sign in at the identity provider of your organisation. It sends the console who you are and
          which role you have.
        </p>
        <p class="actions">
          <a
            class="button"
            href={`${base}/console/oidc/start${returnUrl === undefined ? '' : `?${new URLSearchParams({ return_url: returnUrl })}`}`}
          >
            Sign in
          </a>
        </p>
      </>
    ) : (
      <>
        <p>
          This hub has no identity provider. A one-time link lets you in; it is made on a machine that reaches
          the database of the hub:
        </p>
        <p>
          <code>npx consent-hub console link --role operator</code>
        </p>
        <p class="foot">A link holds for ten minutes and lets one person in, once.</p>
      </>
    ),
  });

export const renderLinkPage = ({ base, token }: { readonly base: string; readonly token: Secret }): string =>
  renderCard({
    title: 'Sign in to the console',
    children: (
      <>
        <p>This link lets one person in, once. It is used up when you press the button.</p>
        <form method="post" action={`${base}/console/link`}>
          <input type="hidden" name="token" value={token.reveal()} />
          <p class="actions">
            <button>Sign in</button>
          </p>
        </form>
        <p class="foot">A session lasts eight hours, and ends after thirty minutes without a page.</p>
      </>
    ),
  });

export const renderSignedOutPage = ({ base }: { readonly base: string }): string =>
  renderCard({
    title: 'You are signed out',
    children: (
      <p class="actions">
        <a class="button" href={`${base}/console/sign-in`}>
          Sign in again
        </a>
      </p>
    ),
  });
