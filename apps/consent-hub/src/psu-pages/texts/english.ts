import type { PsuTexts } from './texts.types.js';

export const ENGLISH: PsuTexts = {
  name: 'English',
  someTpp: 'the application',
  labels: {
    kind: 'What for',
    accounts: 'Accounts',
    purpose: 'Purpose',
    since: 'Shared since',
    until: 'Ends on',
    ended: 'Ended on',
    lastAccess: 'Last access',
    status: 'Status',
    language: 'Language',
    reference: 'Reference for support',
  },
  values: {
    endingIn: 'ending in',
    accountsToCome: 'your bank has not listed them yet',
    noAccounts: 'no longer listed',
    noPurpose: 'not stated',
    neverAccessed: 'not yet',
    notYet: 'not yet',
    inDays: (days) => (days <= 0 ? 'today' : days === 1 ? 'in 1 day' : `in ${days} days`),
  },
  actions: {
    open: 'Open my page',
    details: 'View details',
    stop: 'Stop sharing',
    keep: 'Keep sharing',
    renew: 'Renew',
    notNow: 'Not now',
    toBank: (bank) => `Continue to ${bank}`,
    backToList: 'All connected accounts',
    backTo: (tpp) => `Back to ${tpp}`,
    lookAgain: 'Look again',
    search: 'Search',
    allEnded: 'All ended connections',
    more: 'Older ones',
    signOut: 'Sign out',
  },
  status: {
    live: 'Active',
    ending: 'Active, ends soon',
    waiting: 'Being set up',
    doubt: 'Being checked',
    lost: 'Connection lost',
    stopped: 'Stopped by you',
    stopped_at_bank: 'Stopped at your bank',
    stopped_by_tpp: 'Stopped by the provider',
    over: 'Ended as agreed',
    renewed: 'Replaced by a newer one',
  },
  scopes: {
    AIS: {
      name: 'Account information',
      shared: ['Name and number of the accounts', 'Balances', 'Transactions'],
      notShared: 'No payment can be made with it, and your log-in at the bank is never shared.',
      stops: (tpp) => [
        `From now on, ${tpp} sees no new balances and no new transactions of these accounts.`,
        'What you use that needs them stops working or is no longer up to date.',
      ],
    },
    CAF: {
      name: 'Confirmation of funds',
      shared: ['Whether an amount is available on the account: yes or no'],
      notShared: 'Neither your balance nor your transactions are shared.',
      stops: (tpp) => [
        `From now on, ${tpp} cannot ask your bank whether an amount is available.`,
        'A card or a payment that needs this check may be refused.',
      ],
    },
    PIS: {
      name: 'Payments',
      shared: ['The payments that you signed, and how they stand'],
      notShared: 'A new payment always needs your signature at the bank.',
      stops: (tpp) => [
        `From now on, ${tpp} can neither follow nor cancel payments that you signed.`,
        'Payments that you have signed are not cancelled by this.',
      ],
    },
  },
  link: (tpp) => ({
    title: 'Your connected accounts',
    text: `You come from ${tpp}. On your page you see what you share from your bank, and you can stop or renew it. The page closes after 30 minutes without use.`,
  }),
  list: {
    title: 'Your connected accounts',
    lead: (tpp) =>
      `This is what you let ${tpp} see at your bank. You decide how long: you can stop at any time.`,
    empty: (tpp) =>
      `Nothing is connected now. To connect an account, go to ${tpp} and choose your bank there.`,
    nothingFound: 'Nothing fits your search. Try fewer words, or empty the field to see everything.',
    ended: 'Ended',
    endedLead: 'Nothing of these is shared any more.',
    noneEnded: 'No connection has ended yet.',
    searchField: 'Search your connections',
    searchHint: 'Bank, purpose or the last four digits of an account',
  },
  detail: {
    shared: (tpp) => `What ${tpp} may see`,
    forHowLong: 'For how long',
    fixedEnd: 'It ends by itself on that day, unless you renew or stop it before.',
    history: 'History',
    historyLead: 'What happened in the last two years, latest first.',
    noHistory: 'Nothing happened in the last two years.',
    inDoubt:
      'An answer of your bank got lost. We are checking whether the connection still works; you need not do anything.',
    lost: (tpp) =>
      `The connection with your bank was lost, and nothing is shared any more. To share again, connect the account anew from ${tpp}.`,
  },
  stop: {
    title: (bank) => `Stop sharing from ${bank}?`,
    lead: 'It takes effect at once. To share again later, you connect the account anew.',
    stops: 'What stops working',
    stays: 'What stays',
    staying: (bank, tpp) => [
      `Your accounts and cards at ${bank} work as before.`,
      `Stopping does not delete what was received before; for that, ask ${tpp}.`,
    ],
    atBank: (bank) =>
      `Your bank's own channel works too: in the app or on the website of ${bank} you can also withdraw this access.`,
    done: (bank) => ({
      title: 'Sharing has stopped',
      text: `Nothing from ${bank} is shared by this connection any more. The history stays on your page.`,
    }),
  },
  renew: {
    title: (bank) => `Renew access to ${bank}`,
    steps: (bank) => [
      `You go to ${bank} and log in there as always.`,
      'You choose the accounts again and confirm.',
      'You come back to this page.',
    ],
    stays:
      'The old access stays until the new one is there. If you change your mind on the way, nothing changes.',
    goingOn: (bank) => ({
      title: `On to ${bank}`,
      text: 'Your browser takes you there. If it does not, use the button.',
    }),
  },
  returned: {
    done: { title: 'Access renewed', text: 'The new access works and has taken the place of the old one.' },
    done_fewer: {
      title: 'Access renewed, with fewer accounts',
      text: 'The new access works. It covers fewer accounts than before; renew once more if you left one out by mistake.',
    },
    in_progress: {
      title: 'One more moment',
      text: 'You have confirmed at your bank, and its answer is on the way. The old access stays until then.',
    },
    waiting: {
      title: 'Not finished yet',
      text: 'You have not confirmed at your bank yet. The old access stays as it is.',
    },
    cancelled: {
      title: 'Not renewed',
      text: 'You decided not to renew at your bank. Nothing has changed: the old access stays until its end.',
    },
    failed: {
      title: 'It could not be renewed',
      text: 'Your bank could not confirm it. Nothing has changed: the old access stays until its end. You can try again.',
    },
    timed_out: {
      title: 'Time ran out',
      text: 'It took too long at your bank, so the request has expired. Nothing has changed: the old access stays until its end. You can start again.',
    },
    replaced: {
      title: 'Replaced by a newer request',
      text: 'You have started again since. Go on with the newer request, or look at your page.',
    },
    ended: {
      title: 'This access has ended',
      text: 'The access that you came back with was working and has ended since. Your page shows how things stand.',
    },
  },
  missingAccounts: 'No longer covered:',
  signedOut: {
    title: 'You are signed out',
    text: 'Your page is closed. You can open it again from the application.',
  },
  refusals: {
    link_unknown: {
      title: 'This link leads nowhere',
      text: 'No page belongs to this address. Perhaps the link was cut off, or is long over. Ask for a new one in the application.',
    },
    link_used: {
      title: 'This link has been used',
      text: 'For your safety each link opens your page once. Ask for a new one in the application. If it was not you who used it, tell them there.',
    },
    link_expired: {
      title: 'This link has expired',
      text: 'For your safety a link works for 15 minutes. Ask for a new one in the application.',
    },
    session_over: {
      title: 'Your page is closed',
      text: 'It closes after 30 minutes without use, and after 8 hours at most. Open it again from the application. Nothing was changed.',
    },
    forged: {
      title: 'Nothing was changed',
      text: 'This request did not come from your page, so we did not follow it. Go back to your page and try there.',
    },
    elsewhere: {
      title: 'We do not lead you there',
      text: 'This address leads to a page that does not belong to the application. Nothing was changed.',
    },
    not_found: {
      title: 'Not on your page',
      text: 'There is no such connection among yours. Nothing was changed.',
    },
    not_stoppable: {
      title: 'It cannot be stopped right now',
      text: 'The connection is just being set up, or has ended already. Nothing was changed. Look again in a minute.',
    },
    not_renewable: {
      title: 'It cannot be renewed now',
      text: 'A connection can be renewed in the last 14 days before its end. Payments need no renewal. Nothing was changed.',
    },
    bank_unavailable: {
      title: 'Your bank cannot be reached',
      text: 'We could not ask your bank for the renewal. Nothing has changed: the old access stays. Try again in some minutes.',
    },
    broken: {
      title: 'A problem on our side',
      text: 'We could not handle your request. Wait a moment, then reload this page.',
    },
  },
  history: {
    opened: 'You were asked for access',
    begun: 'You began to renew the access',
    authorized: 'You agreed at your bank',
    began: 'Sharing began',
    renewed: 'You renewed the access; the new one took over',
    accounts_listed: 'Your bank listed the accounts',
    expires_soon: 'The end came near',
    confirmed: 'You confirmed your identity at your bank once more',
    superseded: 'A newer access took over',
    stopped: 'You stopped sharing on this page',
    stopped_at_bank: 'You stopped sharing at your bank',
    stopped_by_tpp: 'The provider ended the access',
    over: 'The access ended as agreed',
    link_over: 'The request expired unused',
    refused: 'You declined at your bank',
    failed_at_bank: 'Your bank did not confirm',
    lost: 'The connection was lost',
    recovered: 'The connection works again',
  },
  accountsListed: (count) =>
    count === 1 ? 'Your bank listed 1 account' : `Your bank listed ${count} accounts`,
  expiresSoon: (days) => (days === 1 ? 'One day left until the end' : `${days} days left until the end`),
};
