import type { PsuTexts } from './texts.types.js';

export const DUTCH: PsuTexts = {
  name: 'Nederlands',
  someTpp: 'de app',
  labels: {
    kind: 'Waarvoor',
    accounts: 'Rekeningen',
    purpose: 'Doel',
    since: 'Gedeeld sinds',
    until: 'Eindigt op',
    ended: 'Geëindigd op',
    lastAccess: 'Laatste toegang',
    status: 'Status',
    language: 'Taal',
    reference: 'Referentie voor ondersteuning',
  },
  values: {
    endingIn: 'eindigend op',
    accountsToCome: 'uw bank heeft ze nog niet doorgegeven',
    noAccounts: 'niet meer vermeld',
    noPurpose: 'niet opgegeven',
    neverAccessed: 'nog niet',
    notYet: 'nog niet',
    inDays: (days) => (days <= 0 ? 'vandaag' : days === 1 ? 'over 1 dag' : `over ${days} dagen`),
  },
  actions: {
    open: 'Mijn pagina openen',
    details: 'Details bekijken',
    stop: 'Stoppen met delen',
    keep: 'Blijven delen',
    renew: 'Vernieuwen',
    notNow: 'Niet nu',
    toBank: (bank) => `Verder naar ${bank}`,
    backToList: 'Alle gekoppelde rekeningen',
    backTo: (tpp) => `Terug naar ${tpp}`,
    lookAgain: 'Opnieuw kijken',
    search: 'Zoeken',
    allEnded: 'Alle beëindigde koppelingen',
    more: 'Oudere',
    signOut: 'Afmelden',
  },
  status: {
    live: 'Actief',
    ending: 'Actief, eindigt binnenkort',
    waiting: 'Wordt ingesteld',
    doubt: 'Wordt nagekeken',
    lost: 'Verbinding verloren',
    stopped: 'Door u gestopt',
    stopped_at_bank: 'Gestopt bij uw bank',
    stopped_by_tpp: 'Gestopt door de aanbieder',
    over: 'Geëindigd zoals afgesproken',
    renewed: 'Vervangen door een nieuwere',
  },
  scopes: {
    AIS: {
      name: 'Rekeninginformatie',
      shared: ['Naam en nummer van de rekeningen', 'Saldo’s', 'Verrichtingen'],
      notShared: 'Er kan geen betaling mee gebeuren, en uw aanmelding bij de bank wordt nooit gedeeld.',
      stops: (tpp) => [
        `Vanaf nu ziet ${tpp} geen nieuwe saldo’s en verrichtingen van deze rekeningen meer.`,
        'Wat u gebruikt en ze nodig heeft, werkt niet meer of is niet meer actueel.',
      ],
    },
    CAF: {
      name: 'Bevestiging van saldo',
      shared: ['Of een bedrag beschikbaar is op de rekening: ja of nee'],
      notShared: 'Uw saldo en uw verrichtingen worden niet gedeeld.',
      stops: (tpp) => [
        `Vanaf nu kan ${tpp} uw bank niet meer vragen of een bedrag beschikbaar is.`,
        'Een kaart of betaling die deze controle nodig heeft, kan geweigerd worden.',
      ],
    },
    PIS: {
      name: 'Betalingen',
      shared: ['De betalingen die u ondertekend hebt, en hoe het ermee staat'],
      notShared: 'Een nieuwe betaling vraagt altijd uw handtekening bij de bank.',
      stops: (tpp) => [
        `Vanaf nu kan ${tpp} betalingen die u ondertekend hebt niet meer volgen of annuleren.`,
        'Betalingen die u ondertekend hebt, worden hierdoor niet geannuleerd.',
      ],
    },
  },
  link: (tpp) => ({
    title: 'Uw gekoppelde rekeningen',
    text: `U komt van ${tpp}. Op uw pagina ziet u wat u vanuit uw bank deelt, en kunt u het stoppen of vernieuwen. De pagina sluit na 30 minuten zonder gebruik.`,
  }),
  list: {
    title: 'Uw gekoppelde rekeningen',
    lead: (tpp) => `Dit mag ${tpp} bij uw bank zien. U beslist hoelang: stoppen kan altijd.`,
    empty: (tpp) =>
      `Er is nu niets gekoppeld. Om een rekening te koppelen, gaat u naar ${tpp} en kiest u daar uw bank.`,
    nothingFound:
      'Niets past bij uw zoekopdracht. Gebruik minder woorden, of maak het veld leeg om alles te zien.',
    ended: 'Beëindigd',
    endedLead: 'Hiervan wordt niets meer gedeeld.',
    noneEnded: 'Er is nog geen koppeling beëindigd.',
    searchField: 'Zoeken in uw koppelingen',
    searchHint: 'Bank, doel of de laatste vier cijfers van een rekening',
  },
  detail: {
    shared: (tpp) => `Wat ${tpp} mag zien`,
    forHowLong: 'Hoelang',
    fixedEnd: 'De toegang eindigt vanzelf op die dag, tenzij u ze eerder vernieuwt of stopt.',
    history: 'Geschiedenis',
    historyLead: 'Wat er de laatste twee jaar gebeurd is, het recentste eerst.',
    noHistory: 'Er is de laatste twee jaar niets gebeurd.',
    inDoubt:
      'Een antwoord van uw bank is verloren gegaan. We kijken na of de verbinding nog werkt; u hoeft niets te doen.',
    lost: (tpp) =>
      `De verbinding met uw bank is verloren en er wordt niets meer gedeeld. Om weer te delen, koppelt u de rekening opnieuw vanuit ${tpp}.`,
  },
  stop: {
    title: (bank) => `Stoppen met delen vanuit ${bank}?`,
    lead: 'Het gaat meteen in. Om later weer te delen, koppelt u de rekening opnieuw.',
    stops: 'Wat niet meer werkt',
    stays: 'Wat blijft',
    staying: (bank, tpp) => [
      `Uw rekeningen en kaarten bij ${bank} werken zoals voorheen.`,
      `Wat eerder ontvangen is, wordt door het stoppen niet gewist; vraag dat aan ${tpp}.`,
    ],
    atBank: (bank) =>
      `Het kan ook bij uw bank zelf: in de app of op de website van ${bank} kunt u deze toegang eveneens intrekken.`,
    done: (bank) => ({
      title: 'Er wordt niet meer gedeeld',
      text: `Via deze koppeling wordt niets van ${bank} meer gedeeld. De geschiedenis blijft op uw pagina.`,
    }),
  },
  renew: {
    title: (bank) => `Toegang tot ${bank} vernieuwen`,
    steps: (bank) => [
      `U gaat naar ${bank} en meldt zich daar aan zoals altijd.`,
      'U kiest de rekeningen opnieuw en bevestigt.',
      'U komt terug op deze pagina.',
    ],
    stays: 'De oude toegang blijft tot de nieuwe er is. Bedenkt u zich onderweg, dan verandert er niets.',
    goingOn: (bank) => ({
      title: `Verder naar ${bank}`,
      text: 'Uw browser brengt u erheen. Gebeurt dat niet, gebruik dan de knop.',
    }),
  },
  returned: {
    done: { title: 'Toegang vernieuwd', text: 'De nieuwe toegang werkt en vervangt de oude.' },
    done_fewer: {
      title: 'Toegang vernieuwd, met minder rekeningen',
      text: 'De nieuwe toegang werkt. Ze omvat minder rekeningen dan voorheen; vernieuw nog eens als u er een vergeten bent.',
    },
    in_progress: {
      title: 'Nog een ogenblik',
      text: 'U hebt bij uw bank bevestigd, haar antwoord is onderweg. De oude toegang blijft tot dan.',
    },
    waiting: {
      title: 'Nog niet klaar',
      text: 'U hebt nog niet bevestigd bij uw bank. De oude toegang blijft zoals ze is.',
    },
    cancelled: {
      title: 'Niet vernieuwd',
      text: 'U hebt bij uw bank besloten niet te vernieuwen. Er is niets veranderd: de oude toegang blijft tot haar einde.',
    },
    failed: {
      title: 'Vernieuwen is niet gelukt',
      text: 'Uw bank kon het niet bevestigen. Er is niets veranderd: de oude toegang blijft tot haar einde. U kunt het opnieuw proberen.',
    },
    timed_out: {
      title: 'De tijd is om',
      text: 'Het duurde te lang bij uw bank, dus de aanvraag is verlopen. Er is niets veranderd: de oude toegang blijft tot haar einde. U kunt opnieuw beginnen.',
    },
    replaced: {
      title: 'Vervangen door een nieuwere aanvraag',
      text: 'U bent sindsdien opnieuw begonnen. Ga verder met de nieuwere aanvraag, of kijk op uw pagina.',
    },
    ended: {
      title: 'Deze toegang is beëindigd',
      text: 'De toegang waarmee u terugkwam, heeft gewerkt en is sindsdien beëindigd. Op uw pagina ziet u hoe het ermee staat.',
    },
  },
  missingAccounts: 'Niet meer inbegrepen:',
  signedOut: {
    title: 'U bent afgemeld',
    text: 'Uw pagina is gesloten. U kunt ze opnieuw openen vanuit de app.',
  },
  refusals: {
    link_unknown: {
      title: 'Deze link leidt nergens heen',
      text: 'Bij dit adres hoort geen pagina. Misschien is de link afgebroken of al lang voorbij. Vraag in de app een nieuwe.',
    },
    link_used: {
      title: 'Deze link is al gebruikt',
      text: 'Voor uw veiligheid opent elke link uw pagina één keer. Vraag in de app een nieuwe. Hebt u hem niet zelf gebruikt, meld het daar dan.',
    },
    link_expired: {
      title: 'Deze link is verlopen',
      text: 'Voor uw veiligheid werkt een link 15 minuten. Vraag in de app een nieuwe.',
    },
    session_over: {
      title: 'Uw pagina is gesloten',
      text: 'Ze sluit na 30 minuten zonder gebruik, en ten laatste na 8 uur. Open ze opnieuw vanuit de app. Er is niets veranderd.',
    },
    forged: {
      title: 'Er is niets veranderd',
      text: 'Deze aanvraag kwam niet van uw pagina, dus we hebben ze niet uitgevoerd. Ga terug naar uw pagina en probeer het daar.',
    },
    elsewhere: {
      title: 'Daarheen brengen we u niet',
      text: 'Dit adres noemt een bestemming die niet bij de app hoort. Er is niets veranderd.',
    },
    not_found: {
      title: 'Niet op uw pagina',
      text: 'Bij uw koppelingen is deze er niet. Er is niets veranderd.',
    },
    not_stoppable: {
      title: 'Stoppen kan nu niet',
      text: 'De koppeling wordt net ingesteld, of is al beëindigd. Er is niets veranderd. Kijk over een minuut opnieuw.',
    },
    not_renewable: {
      title: 'Vernieuwen kan nu niet',
      text: 'Een koppeling kan vernieuwd worden in de laatste 14 dagen voor haar einde. Voor betalingen is dat niet nodig. Er is niets veranderd.',
    },
    bank_unavailable: {
      title: 'Uw bank is niet bereikbaar',
      text: 'We konden uw bank niet om de vernieuwing vragen. Er is niets veranderd: de oude toegang blijft. Probeer het over enkele minuten opnieuw.',
    },
    broken: {
      title: 'Een probleem aan onze kant',
      text: 'We konden uw aanvraag niet verwerken. Wacht even en laad deze pagina dan opnieuw.',
    },
  },
  history: {
    opened: 'U werd om toegang gevraagd',
    begun: 'U begon de toegang te vernieuwen',
    authorized: 'U ging akkoord bij uw bank',
    began: 'Het delen begon',
    renewed: 'U vernieuwde de toegang; de nieuwe nam het over',
    accounts_listed: 'Uw bank gaf de rekeningen door',
    expires_soon: 'Het einde kwam dichterbij',
    confirmed: 'U bevestigde uw identiteit nog eens bij uw bank',
    superseded: 'Een nieuwere toegang nam het over',
    stopped: 'U stopte met delen op deze pagina',
    stopped_at_bank: 'U stopte met delen bij uw bank',
    stopped_by_tpp: 'De aanbieder beëindigde de toegang',
    over: 'De toegang eindigde zoals afgesproken',
    link_over: 'De aanvraag verliep ongebruikt',
    refused: 'U weigerde bij uw bank',
    failed_at_bank: 'Uw bank bevestigde niet',
    lost: 'De verbinding ging verloren',
    recovered: 'De verbinding werkt weer',
  },
  accountsListed: (count) =>
    count === 1 ? 'Uw bank gaf 1 rekening door' : `Uw bank gaf ${count} rekeningen door`,
  expiresSoon: (days) => (days === 1 ? 'Nog één dag tot het einde' : `Nog ${days} dagen tot het einde`),
};
