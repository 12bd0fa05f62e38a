import { BRAND_NAMES, BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { Meaning } from '../frame/parts.js';
import { exactTime } from '../frame/parts.js';
import type { Now } from '../overview/overview.service.js';

/** What concerns the hub and not one consent. */
export interface HubCause {
  readonly title: string;
  readonly meaning: Meaning;
  readonly happened: string;
  readonly next: string;
  readonly todo: string;
}

const CERTIFICATE_WARNING_DAYS = 30;
const DAY_SECONDS = 86_400;

const pausedByHand = (brand: Brand, pausedAt: Date): HubCause => ({
  title: `A person has paused the refreshes of ${BRAND_NAMES[brand]}`,
  meaning: 'bad',
  happened: `Scheduled refreshes have been paused since ${exactTime(pausedAt)}.`,
  next: 'Nothing, until a person resumes them. Refreshes that services ask for go on.',
  todo: 'Banks says who paused them and why. Resume them there before pairs end at the bank.',
});

const breakers = ({ figures }: Now): HubCause[] =>
  BRANDS.flatMap((brand) => {
    const { status, since, nextCanaryAt, pausedAt } = figures.brands[brand].circuitBreaker;
    if (pausedAt) return [pausedByHand(brand, pausedAt)];
    if (status === 'closed') return [];
    const next = nextCanaryAt ? ` The next one is tried at ${exactTime(nextCanaryAt)}.` : '';
    return [
      {
        title: `The circuit breaker of ${BRAND_NAMES[brand]} is ${status === 'open' ? 'open' : 'half-open'}`,
        meaning: status === 'open' ? 'bad' : 'doubt',
        happened: `Too many refreshes failed; scheduled ones have been paused since ${exactTime(since)}.`,
        next: `Single refreshes find out when to go on.${next}`,
        todo: 'Banks shows the codes of the bank, and resumes refreshes. Tokens that are valid are handed out all the same.',
      } as const,
    ];
  });

const certificates = ({ condition }: Now): HubCause[] =>
  condition.certificates.flatMap(({ brand, secondsLeft, notAfter, refusal }) => {
    const isShort = secondsLeft < CERTIFICATE_WARNING_DAYS * DAY_SECONDS;
    return [
      ...(isShort
        ? [
            {
              title: `The client certificate for ${BRAND_NAMES[brand]} ${secondsLeft < 0 ? 'has ended' : 'ends soon'}`,
              meaning: 'bad',
              happened: `It holds until ${exactTime(notAfter)}. After that the bank refuses every connection.`,
              next: 'The hub goes on with it until then, and takes new files into use by itself.',
              todo: 'Put the renewed certificate and its key in the place of the files.',
            } as const,
          ]
        : []),
      ...(refusal === null
        ? []
        : [
            {
              title: `New certificate files for ${BRAND_NAMES[brand]} are refused`,
              meaning: 'bad',
              happened: refusal,
              next: 'The files from before stay in use.',
              todo: 'Correct the files; they are read again within ten seconds.',
            } as const,
          ]),
    ];
  });

function storage({ condition: { spool, pairsOfUnknownKeys } }: Now): HubCause[] {
  return [
    ...(spool.isWritable
      ? []
      : [
          {
            title: 'The spool of this hub cannot be written',
            meaning: 'bad',
            happened: 'Answers of the bank could not be kept on the disk.',
            next: 'No pair is spent by this hub until the spool can be written again.',
            todo: 'Look at the disk behind HUB_SPOOL_DIR: free space, rights, faults.',
          } as const,
        ]),
    ...(pairsOfUnknownKeys === 0
      ? []
      : [
          {
            title: 'Pairs were sealed with a key that this hub does not have',
            meaning: 'bad',
            happened: `${pairsOfUnknownKeys} pairs cannot be opened.`,
            next: 'Nothing is lost: they are opened once the key is there.',
            todo: 'Put the missing key back: consent-hub vault status names it.',
          } as const,
        ]),
  ];
}

/** Everything about the hub itself that a person should look at. */
export const hubCausesOf = (now: Now): HubCause[] => [
  ...breakers(now),
  ...storage(now),
  ...certificates(now),
];
