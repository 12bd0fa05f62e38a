import type { ApiClientFacts, ApiKeyFacts, MadeApiKey } from '@consent-hub/consent';
import { PERMISSIONS, type Permission } from '@consent-hub/platform';
import { SCOPES } from '@consent-hub/psd2-protocol';
import type { ComponentChildren, JSX } from 'preact';
import { renderActionForm } from '../frame/action-form.page.js';
import { TextField } from '../frame/fields.js';
import type { PageContext } from '../frame/frame.js';
import { Moment } from '../frame/parts.js';
import type { SentReason } from '../frame/reason-field.js';
import { renderNewSecret } from '../frame/secret.page.js';
import { LIFETIMES, OVERLAPS, USUAL_OVERLAP, type Faults, type SentClient } from './client-forms.js';
import { KeyName } from './client-parts.js';

const MEANS: Readonly<Record<Permission, string>> = {
  'consents:read': 'sees the consents that it opened',
  'consents:write': 'opens and ends consents',
  'tokens:read': 'reads access tokens of the scopes below',
  'events:read': 'reads events and has webhooks',
  admin: 'sees all consents, and does what admins do over the API',
};

const Seconds = ({
  name,
  label,
  options,
  chosen,
}: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [number, string])[];
  readonly chosen: number;
}): JSX.Element => (
  <div>
    <label for={name}>{label}</label>
    <select id={name} name={name}>
      {options.map(([seconds, text]) => (
        <option key={seconds} value={seconds} selected={seconds === chosen}>
          {text}
        </option>
      ))}
    </select>
  </div>
);

const Ticks = ({
  legend,
  fault,
  ticks,
}: {
  readonly legend: string;
  readonly fault: string | undefined;
  readonly ticks: readonly {
    readonly name: string;
    readonly text: string;
    readonly note?: string;
    readonly isTicked: boolean;
  }[];
}): JSX.Element => (
  <fieldset>
    <legend>{legend}</legend>
    {ticks.map(({ name, text, note, isTicked }) => (
      <label key={name} class="check">
        <input type="checkbox" name={name} checked={isTicked} />
        <span>
          {text}
          {note !== undefined && <small> {note}</small>}
        </span>
      </label>
    ))}
    {fault !== undefined && <p class="fault">{fault}</p>}
  </fieldset>
);

const ReturnUrls = ({
  value,
  fault,
}: {
  readonly value: string;
  readonly fault: string | undefined;
}): JSX.Element => (
  <div>
    <label for="return_urls">Return URLs, one a line; none: any</label>
    <textarea
      id="return_urls"
      name="return_urls"
      spellcheck={false}
      aria-invalid={fault === undefined ? undefined : true}
      aria-describedby={fault === undefined ? undefined : 'return-urls-fault'}
    >
      {value}
    </textarea>
    {fault !== undefined && (
      <p class="fault" id="return-urls-fault">
        {fault}
      </p>
    )}
  </div>
);

const RateLimit = (field: { readonly value: string; readonly fault: string | undefined }): JSX.Element => (
  <TextField
    name="rate_limit"
    label="Requests a second that each hub serves it; 0: any number; empty: the default"
    {...field}
  />
);

export const renderNewClient = (context: PageContext, sent: SentClient, faults: Faults): string =>
  renderActionForm(context, {
    title: 'New API client',
    action: '/console/clients/new',
    cancel: '/console/clients',
    button: 'Make the client and its key',
    sent: { reason: sent.reason, fault: faults.get('reason') },
    children: (
      <>
        <TextField
          name="name"
          label="Name: a-z, 0-9 and hyphen"
          value={sent.name}
          fault={faults.get('name')}
        />
        <Ticks
          legend="It may"
          fault={faults.get('permissions')}
          ticks={PERMISSIONS.map((one) => ({
            name: `may ${one}`,
            text: one,
            note: MEANS[one],
            isTicked: sent.permissions.includes(one),
          }))}
        />
        <Ticks
          legend="Whose tokens it may read"
          fault={faults.get('scopes')}
          ticks={SCOPES.map((one) => ({
            name: `scope ${one}`,
            text: one,
            isTicked: sent.tokenScopes.includes(one),
          }))}
        />
        <ReturnUrls value={sent.returnUrls} fault={faults.get('return_urls')} />
        <RateLimit value={sent.rateLimit} fault={faults.get('rate_limit')} />
        <Seconds name="expires" label="Its key expires" options={LIFETIMES} chosen={sent.expires} />
      </>
    ),
  });

export interface SentRotation {
  readonly overlap: number;
  readonly expires: number;
  readonly reason?: SentReason;
}

export const FIRST_ROTATION: SentRotation = { overlap: USUAL_OVERLAP, expires: 0 };

export const renderRotation = (
  context: PageContext,
  { id, name, keys }: ApiClientFacts,
  { overlap, expires, reason }: SentRotation,
): string =>
  renderActionForm(context, {
    title: `Another key for ${name}`,
    action: `/console/clients/${id}/rotate`,
    cancel: `/console/clients/${id}`,
    button: 'Make the key',
    sent: reason,
    children: (
      <>
        <p>
          The client gets a new key. Its name, its permissions and its consents stay. Store the new key where
          the program reads it before the older keys end.
        </p>
        <Seconds name="overlap" label="Its older keys work" options={OVERLAPS} chosen={overlap} />
        <Seconds name="expires" label="The new key expires" options={LIFETIMES} chosen={expires} />
        <input type="hidden" name="newest" value={keys.at(-1)?.id ?? ''} />
      </>
    ),
  });

/** @param sent what was typed in, where the form was sent before */
export const renderLimit = (
  context: PageContext,
  { id, name, rateLimit }: ApiClientFacts,
  sent?: { readonly rateLimit: string; readonly fault: string | undefined; readonly reason: SentReason },
): string =>
  renderActionForm(context, {
    title: `The limit of ${name}`,
    action: `/console/clients/${id}/limit`,
    cancel: `/console/clients/${id}`,
    button: 'Change the limit',
    sent: sent?.reason,
    children: (
      <>
        <p>It holds from the next request on. Requests beyond it are answered 429.</p>
        <RateLimit value={sent?.rateLimit ?? String(rateLimit ?? '')} fault={sent?.fault} />
      </>
    ),
  });

export const renderKeyRevocation = (
  context: PageContext,
  { id, name }: ApiClientFacts,
  key: ApiKeyFacts,
  sent?: SentReason,
): string =>
  renderActionForm(context, {
    title: `Revoke a key of ${name}`,
    action: `/console/clients/${id}/keys/${key.id}/revoke`,
    cancel: `/console/clients/${id}`,
    button: 'Revoke the key for good',
    isFinal: true,
    sent,
    children: (
      <p>
        The key <KeyName of={key} /> is refused from the next request on. Last used:{' '}
        {key.lastUsedAt ? <Moment at={key.lastUsedAt} /> : 'never'}. The other keys of the client work on.
      </p>
    ),
  });

export const renderClientRevocation = (
  context: PageContext,
  { id, name }: ApiClientFacts,
  sent?: SentReason,
): string =>
  renderActionForm(context, {
    title: `Revoke ${name}`,
    action: `/console/clients/${id}/revoke`,
    cancel: `/console/clients/${id}`,
    button: 'Revoke the client for good',
    isFinal: true,
    sent,
    children: (
      <p>
        All its keys are refused from the next request on, and nothing is sent to its webhooks. Its consents
        stay as they are, and its name is free for another client. This cannot be undone.
      </p>
    ),
  });

/** Shows the key, once. */
export const renderNewKey = (
  context: PageContext,
  { id, name }: { readonly id: string; readonly name: string },
  { key, expiresAt }: MadeApiKey,
  children?: ComponentChildren,
): string =>
  renderNewSecret(context, {
    title: `The new key of ${name}`,
    name: 'API key',
    secret: key,
    back: `/console/clients/${id}`,
    children: (
      <>
        {children}
        <p>
          {expiresAt ? (
            <>
              It expires <Moment at={expiresAt} />.
            </>
          ) : (
            'It does not expire.'
          )}{' '}
          The program sends it as <code>Authorization: Bearer ch_…</code>
        </p>
      </>
    ),
  });
