import type { PsuTexts } from './texts.types.js';

export const GERMAN: PsuTexts = {
  name: 'Deutsch',
  someTpp: 'die Anwendung',
  labels: {
    kind: 'Wofür',
    accounts: 'Konten',
    purpose: 'Zweck',
    since: 'Geteilt seit',
    until: 'Endet am',
    ended: 'Beendet am',
    lastAccess: 'Letzter Zugriff',
    status: 'Status',
    language: 'Sprache',
    reference: 'Referenz für den Kundendienst',
  },
  values: {
    endingIn: 'mit den Endziffern',
    accountsToCome: 'Ihre Bank hat sie noch nicht genannt',
    noAccounts: 'nicht mehr aufgeführt',
    noPurpose: 'nicht angegeben',
    neverAccessed: 'noch keiner',
    notYet: 'noch nicht',
    inDays: (days) => (days <= 0 ? 'heute' : days === 1 ? 'in 1 Tag' : `in ${days} Tagen`),
  },
  actions: {
    open: 'Meine Seite öffnen',
    details: 'Details ansehen',
    stop: 'Teilen beenden',
    keep: 'Weiter teilen',
    renew: 'Erneuern',
    notNow: 'Nicht jetzt',
    toBank: (bank) => `Weiter zu ${bank}`,
    backToList: 'Alle verbundenen Konten',
    backTo: (tpp) => `Zurück: ${tpp}`,
    lookAgain: 'Erneut nachsehen',
    search: 'Suchen',
    allEnded: 'Alle beendeten Verbindungen',
    more: 'Ältere',
    signOut: 'Abmelden',
  },
  status: {
    live: 'Aktiv',
    ending: 'Aktiv, endet bald',
    waiting: 'Wird eingerichtet',
    doubt: 'Wird geprüft',
    lost: 'Verbindung verloren',
    stopped: 'Von Ihnen beendet',
    stopped_at_bank: 'Bei Ihrer Bank beendet',
    stopped_by_tpp: 'Vom Anbieter beendet',
    over: 'Wie vereinbart beendet',
    renewed: 'Durch eine neuere ersetzt',
  },
  scopes: {
    AIS: {
      name: 'Kontoinformationen',
      shared: ['Name und Nummer der Konten', 'Kontostände', 'Umsätze'],
      notShared: 'Zahlungen sind damit nicht möglich, und Ihre Anmeldedaten der Bank werden nie geteilt.',
      stops: (tpp) => [
        `Ab sofort sieht ${tpp} keine neuen Kontostände und Umsätze dieser Konten mehr.`,
        'Was Sie nutzen und diese braucht, funktioniert nicht mehr oder ist nicht mehr aktuell.',
      ],
    },
    CAF: {
      name: 'Deckungsbestätigung',
      shared: ['Ob ein Betrag auf dem Konto verfügbar ist: ja oder nein'],
      notShared: 'Weder Ihr Kontostand noch Ihre Umsätze werden geteilt.',
      stops: (tpp) => [
        `Ab sofort kann ${tpp} Ihre Bank nicht mehr fragen, ob ein Betrag verfügbar ist.`,
        'Eine Karte oder Zahlung, die diese Prüfung braucht, kann abgelehnt werden.',
      ],
    },
    PIS: {
      name: 'Zahlungen',
      shared: ['Die Zahlungen, die Sie unterschrieben haben, und wie es um sie steht'],
      notShared: 'Eine neue Zahlung braucht immer Ihre Unterschrift bei der Bank.',
      stops: (tpp) => [
        `Ab sofort kann ${tpp} Zahlungen, die Sie unterschrieben haben, weder verfolgen noch stornieren.`,
        'Zahlungen, die Sie unterschrieben haben, werden dadurch nicht storniert.',
      ],
    },
  },
  link: (tpp) => ({
    title: 'Ihre verbundenen Konten',
    text: `Diesen Link hat Ihnen ${tpp} gegeben. Auf Ihrer Seite sehen Sie, was Sie von Ihrer Bank teilen, und können es beenden oder erneuern. Die Seite schließt nach 30 Minuten ohne Nutzung.`,
  }),
  list: {
    title: 'Ihre verbundenen Konten',
    lead: (tpp) =>
      `Das darf ${tpp} bei Ihrer Bank sehen. Sie entscheiden, wie lange: Beenden geht jederzeit.`,
    empty: (tpp) =>
      `Zurzeit ist nichts verbunden. Um ein Konto zu verbinden, öffnen Sie ${tpp} und wählen dort Ihre Bank.`,
    nothingFound:
      'Nichts passt zu Ihrer Suche. Versuchen Sie es mit weniger Wörtern, oder leeren Sie das Feld, um alles zu sehen.',
    ended: 'Beendet',
    endedLead: 'Hiervon wird nichts mehr geteilt.',
    noneEnded: 'Noch keine Verbindung wurde beendet.',
    searchField: 'In Ihren Verbindungen suchen',
    searchHint: 'Bank, Zweck oder die letzten vier Ziffern eines Kontos',
  },
  detail: {
    shared: (tpp) => `Was ${tpp} sehen darf`,
    forHowLong: 'Wie lange',
    fixedEnd: 'Der Zugriff endet an diesem Tag von selbst, falls Sie ihn nicht vorher erneuern oder beenden.',
    history: 'Verlauf',
    historyLead: 'Was in den letzten zwei Jahren geschah, das Neueste zuerst.',
    noHistory: 'In den letzten zwei Jahren ist nichts geschehen.',
    inDoubt:
      'Eine Antwort Ihrer Bank ging verloren. Wir prüfen, ob die Verbindung noch funktioniert; Sie müssen nichts tun.',
    lost: (tpp) =>
      `Die Verbindung mit Ihrer Bank ging verloren, und es wird nichts mehr geteilt. Um wieder zu teilen, öffnen Sie ${tpp} und verbinden das Konto neu.`,
  },
  stop: {
    title: (bank) => `Teilen von ${bank} beenden?`,
    lead: 'Es gilt sofort. Um später wieder zu teilen, verbinden Sie das Konto neu.',
    stops: 'Was nicht mehr funktioniert',
    stays: 'Was bleibt',
    staying: (bank, tpp) => [
      `Ihre Konten und Karten bei ${bank} funktionieren wie bisher.`,
      `Was vorher empfangen wurde, löscht das Beenden nicht; zuständig dafür ist ${tpp}.`,
    ],
    atBank: (bank) =>
      `Auch bei Ihrer Bank selbst geht es: In der App oder auf der Website von ${bank} können Sie diesen Zugriff ebenfalls widerrufen.`,
    done: (bank) => ({
      title: 'Das Teilen ist beendet',
      text: `Über diese Verbindung wird nichts mehr von ${bank} geteilt. Der Verlauf bleibt auf Ihrer Seite.`,
    }),
  },
  renew: {
    title: (bank) => `Zugriff auf ${bank} erneuern`,
    steps: (bank) => [
      `Sie gehen zu ${bank} und melden sich dort wie immer an.`,
      'Sie wählen die Konten erneut aus und bestätigen.',
      'Sie kommen auf diese Seite zurück.',
    ],
    stays:
      'Der alte Zugriff bleibt, bis der neue da ist. Überlegen Sie es sich unterwegs anders, ändert sich nichts.',
    goingOn: (bank) => ({
      title: `Weiter zu ${bank}`,
      text: 'Ihr Browser bringt Sie dorthin. Falls nicht, benutzen Sie den Knopf.',
    }),
  },
  returned: {
    done: { title: 'Zugriff erneuert', text: 'Der neue Zugriff funktioniert und ersetzt den alten.' },
    done_fewer: {
      title: 'Zugriff erneuert, mit weniger Konten',
      text: 'Der neue Zugriff funktioniert. Er umfasst weniger Konten als vorher; erneuern Sie noch einmal, falls Sie eines vergessen haben.',
    },
    in_progress: {
      title: 'Noch einen Augenblick',
      text: 'Sie haben bei Ihrer Bank bestätigt, die Antwort ist unterwegs. Der alte Zugriff bleibt bis dahin.',
    },
    waiting: {
      title: 'Noch nicht fertig',
      text: 'Sie haben bei Ihrer Bank noch nicht bestätigt. Der alte Zugriff bleibt, wie er ist.',
    },
    cancelled: {
      title: 'Nicht erneuert',
      text: 'Sie haben sich bei Ihrer Bank gegen das Erneuern entschieden. Nichts hat sich geändert: Der alte Zugriff bleibt bis zu seinem Ende.',
    },
    failed: {
      title: 'Das Erneuern hat nicht geklappt',
      text: 'Ihre Bank konnte es nicht bestätigen. Nichts hat sich geändert: Der alte Zugriff bleibt bis zu seinem Ende. Sie können es erneut versuchen.',
    },
    timed_out: {
      title: 'Die Zeit ist abgelaufen',
      text: 'Es hat bei Ihrer Bank zu lange gedauert, die Anfrage ist abgelaufen. Nichts hat sich geändert: Der alte Zugriff bleibt bis zu seinem Ende. Sie können neu beginnen.',
    },
    replaced: {
      title: 'Durch eine neuere Anfrage ersetzt',
      text: 'Sie haben inzwischen neu begonnen. Fahren Sie mit der neueren Anfrage fort, oder sehen Sie auf Ihrer Seite nach.',
    },
    ended: {
      title: 'Dieser Zugriff ist beendet',
      text: 'Der Zugriff, mit dem Sie zurückkamen, hat funktioniert und ist inzwischen beendet. Ihre Seite zeigt den Stand.',
    },
  },
  missingAccounts: 'Nicht mehr enthalten:',
  signedOut: {
    title: 'Sie sind abgemeldet',
    text: 'Ihre Seite ist geschlossen. Sie können sie aus der Anwendung wieder öffnen.',
  },
  refusals: {
    link_unknown: {
      title: 'Dieser Link führt nirgendwohin',
      text: 'Zu dieser Adresse gehört keine Seite. Vielleicht wurde der Link abgeschnitten oder ist längst vorbei. Fordern Sie in der Anwendung einen neuen an.',
    },
    link_used: {
      title: 'Dieser Link wurde schon benutzt',
      text: 'Zu Ihrer Sicherheit öffnet jeder Link Ihre Seite nur einmal. Fordern Sie in der Anwendung einen neuen an. Falls nicht Sie ihn benutzt haben, melden Sie es dort.',
    },
    link_expired: {
      title: 'Dieser Link ist abgelaufen',
      text: 'Zu Ihrer Sicherheit gilt ein Link 15 Minuten. Fordern Sie in der Anwendung einen neuen an.',
    },
    session_over: {
      title: 'Ihre Seite ist geschlossen',
      text: 'Sie schließt nach 30 Minuten ohne Nutzung und spätestens nach 8 Stunden. Öffnen Sie sie aus der Anwendung neu. Nichts wurde geändert.',
    },
    forged: {
      title: 'Nichts wurde geändert',
      text: 'Diese Anfrage kam nicht von Ihrer Seite, deshalb haben wir sie nicht ausgeführt. Gehen Sie zu Ihrer Seite zurück und versuchen Sie es dort.',
    },
    elsewhere: {
      title: 'Dorthin führen wir Sie nicht',
      text: 'Diese Adresse nennt ein Ziel, das nicht zur Anwendung gehört. Nichts wurde geändert.',
    },
    not_found: {
      title: 'Nicht auf Ihrer Seite',
      text: 'Unter Ihren Verbindungen gibt es diese nicht. Nichts wurde geändert.',
    },
    not_stoppable: {
      title: 'Beenden geht gerade nicht',
      text: 'Die Verbindung wird gerade eingerichtet oder ist schon beendet. Nichts wurde geändert. Sehen Sie in einer Minute erneut nach.',
    },
    not_renewable: {
      title: 'Erneuern geht gerade nicht',
      text: 'Eine Verbindung lässt sich in den letzten 14 Tagen vor ihrem Ende erneuern. Zahlungen brauchen das nicht. Nichts wurde geändert.',
    },
    bank_unavailable: {
      title: 'Ihre Bank ist nicht erreichbar',
      text: 'Wir konnten die Erneuerung bei Ihrer Bank nicht anfragen. Nichts hat sich geändert: Der alte Zugriff bleibt. Versuchen Sie es in einigen Minuten erneut.',
    },
    broken: {
      title: 'Ein Problem auf unserer Seite',
      text: 'Wir konnten Ihre Anfrage nicht bearbeiten. Warten Sie einen Augenblick und laden Sie diese Seite dann neu.',
    },
  },
  history: {
    opened: 'Sie wurden um Zugriff gebeten',
    begun: 'Sie haben begonnen, den Zugriff zu erneuern',
    authorized: 'Sie haben bei Ihrer Bank zugestimmt',
    began: 'Das Teilen begann',
    renewed: 'Sie haben den Zugriff erneuert; der neue hat übernommen',
    accounts_listed: 'Ihre Bank hat die Konten genannt',
    expires_soon: 'Das Ende kam näher',
    confirmed: 'Sie haben Ihre Identität bei Ihrer Bank noch einmal bestätigt',
    superseded: 'Ein neuerer Zugriff hat übernommen',
    stopped: 'Sie haben das Teilen auf dieser Seite beendet',
    stopped_at_bank: 'Sie haben das Teilen bei Ihrer Bank beendet',
    stopped_by_tpp: 'Der Anbieter hat den Zugriff beendet',
    over: 'Der Zugriff endete wie vereinbart',
    link_over: 'Die Anfrage lief unbenutzt ab',
    refused: 'Sie haben bei Ihrer Bank abgelehnt',
    failed_at_bank: 'Ihre Bank hat nicht bestätigt',
    lost: 'Die Verbindung ging verloren',
    recovered: 'Die Verbindung funktioniert wieder',
  },
  accountsListed: (count) =>
    count === 1 ? 'Ihre Bank hat 1 Konto genannt' : `Ihre Bank hat ${count} Konten genannt`,
  expiresSoon: (days) => (days === 1 ? 'Noch ein Tag bis zum Ende' : `Noch ${days} Tage bis zum Ende`),
};
