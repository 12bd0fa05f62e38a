import type { FailingWebhook } from '@consent-hub/consent';
import { BRAND_NAMES, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { Meaning } from '../frame/parts.js';
import { exactTime, number } from '../frame/parts.js';
import type { Now } from '../overview/overview.service.js';

/** What concerns the hub and not one consent. */
export interface HubCause {
  /** Names it in notes and addresses. */
  readonly key: string;
  /** What it is now: with another value it is another event. */
  readonly seen: string;
  readonly title: string;
  readonly meaning: Meaning;
  readonly happened: string;
  /** What the hub does by itself, and when, where that is known. */
  readonly next: string;
  readonly nextAt: Date | null;
  readonly todo: string;
  /** A page that helps: its text and its path below the hub. */
  readonly link?: readonly [text: string, path: string];
  /** Which services notice it. */
  readonly affected: string;
}

const CERTIFICATE_WARNING_DAYS = 30;
const DAY_SECONDS = 86_400;
const NOT_OF_KEYS = /[^a-z0-9_:.-]/g;
const CERTIFICATES_LINK = ['Open the page of the certificates', '/console/security#certificates'] as const;
const EVERY_READER = (bank: string): string => `All that read tokens of ${bank}`;

const pausedByHand = (brand: Brand, pausedAt: Date): HubCause => ({
  key: `breaker:${brand}`,
  seen: `paused ${pausedAt.toISOString()}`,
  title: `A person has paused the refreshes of ${BRAND_NAMES[brand]}`,
  meaning: 'bad',
  happened: `Scheduled refreshes have been paused since ${exactTime(pausedAt)}.`,
  next: 'Nothing, until a person resumes them. Refreshes that services ask for continue.',
  nextAt: null,
  todo: 'Banks shows who paused them and why. Resume them there before pairs end at the bank.',
  link: ['Open the page of the banks', '/console/banks'],
  affected: `${EVERY_READER(BRAND_NAMES[brand])}. Tokens that are valid are handed out all the same.`,
});

const breakers = ({ figures }: Now): HubCause[] =>
  BRANDS.flatMap((brand) => {
    const { status, since, nextCanaryAt, pausedAt } = figures.brands[brand].circuitBreaker;
    if (pausedAt) return [pausedByHand(brand, pausedAt)];
    const bank = BRAND_NAMES[brand];
    if (status === 'closed') return [];
    return [
      {
        key: `breaker:${brand}`,
        seen: `${status} ${since.toISOString()}`,
        title: `The circuit breaker of ${bank} is ${status === 'open' ? 'open' : 'half-open'}`,
        meaning: status === 'open' ? 'bad' : 'doubt',
        happened: `Too many refreshes failed; scheduled ones have been paused since ${exactTime(since)}.`,
        next: 'Single refreshes find out when to resume.',
        nextAt: nextCanaryAt,
        todo: 'Banks shows the codes of the bank, and resumes refreshes.',
        link: ['Open the page of the banks', '/console/banks'],
        affected: `${EVERY_READER(bank)}. Tokens that are valid are handed out all the same.`,
      } as const,
    ];
  });

const certificates = ({ condition }: Now): HubCause[] =>
  condition.certificates.flatMap(({ brand, secondsLeft, notAfter, fingerprint, refusal }) => {
    const isShort = secondsLeft < CERTIFICATE_WARNING_DAYS * DAY_SECONDS;
    const bank = BRAND_NAMES[brand];
    const hasEnded = secondsLeft < 0;
    return [
      ...(isShort
        ? [
            {
              key: `certificate:${brand}`,
              seen: `${fingerprint} ${hasEnded ? 'ended' : 'ends'}`,
              title: `The client certificate for ${bank} ${hasEnded ? 'has ended' : 'ends soon'}`,
              meaning: 'bad',
              happened: `It holds until ${exactTime(notAfter)}. After that the bank refuses every connection.`,
              next: hasEnded
                ? 'Nothing is sent to the bank. New files are taken into use by themselves.'
                : 'The hub uses it until then, and takes new files into use by itself.',
              nextAt: hasEnded ? null : notAfter,
              todo: 'Put the renewed certificate and its key in the place of the files.',
              link: CERTIFICATES_LINK,
              affected: EVERY_READER(bank),
            } as const,
          ]
        : []),
      ...(refusal === null
        ? []
        : [
            {
              key: `certificate-files:${brand}`,
              seen: refusal.slice(0, 500),
              title: `New certificate files for ${bank} are refused`,
              meaning: 'bad',
              happened: refusal,
              next: 'The files from before stay in use.',
              nextAt: null,
              todo: 'Correct the files; they are read again within ten seconds.',
              link: CERTIFICATES_LINK,
              affected: 'None while the certificate in use holds.',
            } as const,
          ]),
    ];
  });

function storage({ condition: { spool, pairsOfUnknownKeys } }: Now, instance: string): HubCause[] {
  return [
    ...(spool.isWritable
      ? []
      : [
          {
            key: `spool:${instance.toLowerCase().replaceAll(NOT_OF_KEYS, '-').slice(0, 100)}`,
            seen: 'not writable',
            title: 'The spool of this hub cannot be written',
            meaning: 'bad',
            happened: `Answers of the bank could not be kept on the disk of ${instance}.`,
            next: 'No pair is spent by this hub until the spool can be written again.',
            nextAt: null,
            todo: 'Look at the disk behind HUB_SPOOL_DIR: free space, rights, faults.',
            affected: 'All whose token must be refreshed first by this hub.',
          } as const,
        ]),
    ...(pairsOfUnknownKeys === 0
      ? []
      : [
          {
            key: 'vault-key',
            seen: String(pairsOfUnknownKeys),
            title: 'Pairs were sealed with a key that this hub does not have',
            meaning: 'bad',
            happened: `${number(pairsOfUnknownKeys)} pairs cannot be opened.`,
            next: 'Nothing is lost: they are opened once the key is there.',
            nextAt: null,
            todo: 'Put the missing key back: consent-hub vault status names it.',
            affected: 'All that read the tokens of these pairs.',
          } as const,
        ]),
  ];
}

const webhooks = (failing: readonly FailingWebhook[], clients: ReadonlyMap<string, string>): HubCause[] =>
  failing.map(({ id, apiClientId, isDisabled, failingSince, nextAttemptAt }) => {
    const client = clients.get(apiClientId) ?? apiClientId;
    const since = failingSince ? ` since ${exactTime(failingSince)}` : '';
    return {
      key: `webhook:${id}`,
      seen: `${isDisabled ? 'disabled' : 'failing'} ${failingSince?.toISOString() ?? ''}`,
      title: `A webhook of ${client} ${isDisabled ? 'is disabled' : 'is failing'}`,
      meaning: isDisabled ? 'bad' : 'doubt',
      happened: isDisabled
        ? `Its receiver is gone, or has failed for too long${since}. Webhook ${id}.`
        : `Its receiver has answered no delivery${since}. Webhook ${id}.`,
      next: isDisabled
        ? 'Nothing is sent. Its events stay in the feed.'
        : 'The delivery is tried again, less and less often, and the later ones after it.',
      nextAt: nextAttemptAt,
      todo: isDisabled
        ? 'Have the receiver repaired; the client enables it again by PATCH /v1/webhooks/{id}, and replays what it missed.'
        : 'Ask the team of the client about its receiver.',
      affected: client,
    };
  });

/** What is known of the hub itself. */
export interface HubFacts {
  readonly now: Now;
  /** Name of the hub that answers. */
  readonly instance: string;
  readonly failing: readonly FailingWebhook[];
  /** Names of API clients, by id. */
  readonly clients: ReadonlyMap<string, string>;
}

/** Everything about the hub itself that a person should look at. */
export const hubCausesOf = ({ now, instance, failing, clients }: HubFacts): HubCause[] => [
  ...breakers(now),
  ...storage(now, instance),
  ...certificates(now),
  ...webhooks(failing, clients),
];
