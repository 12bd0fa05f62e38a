import type { PageLanguage } from '../http-api/page-language.js';
import type { Message, Text } from './page-message.js';
import { GERMAN_TEXTS } from './page-texts.de.js';

/** On the button that leads back to the application. */
export const WAY_ON: Readonly<Record<PageLanguage, string>> = {
  fr: 'Retourner dans l’application',
  nl: 'Terug naar de app',
  en: 'Back to the application',
  de: 'Zurück zur Anwendung',
};

/** Before the id by which support finds the consent. */
export const REFERENCE: Readonly<Record<PageLanguage, string>> = {
  fr: 'Référence pour l’assistance',
  nl: 'Referentie voor ondersteuning',
  en: 'Reference for support',
  de: 'Referenz für den Kundendienst',
};

/** Written for the PSU, who knows their bank and the application they came from, and nothing of what stands between. */
export const PAGE_TEXTS: Readonly<Record<PageLanguage, Readonly<Record<Message, Text>>>> = {
  fr: {
    completed: {
      title: 'C’est fait',
      text: 'Votre banque a confirmé votre accord. Vous pouvez fermer cette fenêtre et retourner dans l’application.',
    },
    in_progress: {
      title: 'Encore un instant',
      text: 'Votre banque a bien reçu votre accord, sa confirmation est en route. Vous pouvez fermer cette fenêtre : l’application verra le résultat.',
    },
    refused: {
      title: 'Vous avez refusé',
      text: 'Aucun accès n’a été donné. Si ce n’était pas votre intention, recommencez depuis l’application.',
    },
    failed: {
      title: 'Cela n’a pas abouti',
      text: 'Votre banque n’a pas pu confirmer votre accord et aucun accès n’a été donné. Recommencez depuis l’application.',
    },
    payment_signed: {
      title: 'Paiement signé',
      text: 'Votre banque a bien reçu votre signature. Vous pouvez fermer cette fenêtre et retourner dans l’application.',
    },
    payment_in_progress: {
      title: 'Paiement signé, encore un instant',
      text: 'Votre banque a bien reçu votre signature, sa confirmation est en route. Vous pouvez fermer cette fenêtre : l’application verra le résultat.',
    },
    payment_refused: {
      title: 'Paiement non signé',
      text: 'Vous n’avez pas signé ce paiement. Si ce n’était pas votre intention, recommencez depuis l’application.',
    },
    payment_failed: {
      title: 'Paiement non confirmé',
      text: 'Nous n’avons pas pu confirmer votre signature. Vérifiez dans l’application ou auprès de votre banque où en est ce paiement avant de recommencer.',
    },
    sca_confirmed: {
      title: 'Identité confirmée',
      text: 'Votre banque a confirmé que c’est bien vous. Vous pouvez fermer cette fenêtre et retourner dans l’application.',
    },
    sca_failed: {
      title: 'Identité non confirmée',
      text: 'Votre banque n’a pas confirmé votre identité. Votre accord reste inchangé. Si vous le souhaitez, recommencez depuis l’application.',
    },
    browser_not_bound: {
      title: 'Ouvert dans un autre navigateur',
      text: 'Cette demande a commencé dans un autre navigateur ou une autre application, et ne peut être terminée que là. Aucun accès n’a été donné. Recommencez depuis l’application et restez dans le même navigateur. Si vous n’avez rien demandé, fermez cette fenêtre.',
    },
    no_link: {
      title: 'Ce lien ne mène nulle part',
      text: 'Aucune demande n’attend à cette adresse : elle a peut-être déjà servi, expiré ou été remplacée. Retournez dans l’application pour voir où en est votre demande, ou recommencez.',
    },
    unknown: {
      title: 'Lien inconnu',
      text: 'Cette adresse ne correspond à aucune demande. Recommencez depuis l’application.',
    },
    used: {
      title: 'Lien déjà utilisé',
      text: 'Vous êtes déjà revenu de votre banque par ce lien. Retournez dans l’application pour voir où en est votre demande.',
    },
    replaced: {
      title: 'Lien remplacé',
      text: 'Une demande plus récente a remplacé celle-ci. Continuez avec le dernier lien que l’application vous a donné.',
    },
    expired: {
      title: 'Lien expiré',
      text: 'Ce lien n’est plus valable : trop de temps a passé, ou l’application l’a retiré. Recommencez depuis l’application.',
    },
    unreadable: {
      title: 'Adresse incomplète',
      text: 'Il manque des informations dans l’adresse par laquelle vous êtes arrivé. Recommencez depuis l’application.',
    },
    broken: {
      title: 'Un problème de notre côté',
      text: 'Nous n’avons pas pu traiter votre demande. Attendez un instant, puis rechargez cette page.',
    },
  },
  nl: {
    completed: {
      title: 'Gelukt',
      text: 'Uw bank heeft uw toestemming bevestigd. U kunt dit venster sluiten en teruggaan naar de app.',
    },
    in_progress: {
      title: 'Nog een ogenblik',
      text: 'Uw bank heeft uw toestemming goed ontvangen, de bevestiging is onderweg. U kunt dit venster sluiten: de app ziet het resultaat.',
    },
    refused: {
      title: 'U hebt geweigerd',
      text: 'Er is geen toegang gegeven. Was dat niet de bedoeling, begin dan opnieuw vanuit de app.',
    },
    failed: {
      title: 'Het is niet gelukt',
      text: 'Uw bank kon uw toestemming niet bevestigen en er is geen toegang gegeven. Begin opnieuw vanuit de app.',
    },
    payment_signed: {
      title: 'Betaling ondertekend',
      text: 'Uw bank heeft uw handtekening goed ontvangen. U kunt dit venster sluiten en teruggaan naar de app.',
    },
    payment_in_progress: {
      title: 'Betaling ondertekend, nog een ogenblik',
      text: 'Uw bank heeft uw handtekening goed ontvangen, de bevestiging is onderweg. U kunt dit venster sluiten: de app ziet het resultaat.',
    },
    payment_refused: {
      title: 'Betaling niet ondertekend',
      text: 'U hebt deze betaling niet ondertekend. Was dat niet de bedoeling, begin dan opnieuw vanuit de app.',
    },
    payment_failed: {
      title: 'Betaling niet bevestigd',
      text: 'We konden uw handtekening niet bevestigen. Kijk in de app of bij uw bank hoe het met deze betaling staat voor u opnieuw begint.',
    },
    sca_confirmed: {
      title: 'Identiteit bevestigd',
      text: 'Uw bank heeft bevestigd dat u het bent. U kunt dit venster sluiten en teruggaan naar de app.',
    },
    sca_failed: {
      title: 'Identiteit niet bevestigd',
      text: 'Uw bank heeft uw identiteit niet bevestigd. Uw toestemming blijft ongewijzigd. Begin zo nodig opnieuw vanuit de app.',
    },
    browser_not_bound: {
      title: 'In een andere browser geopend',
      text: 'Deze aanvraag is in een andere browser of app begonnen en kan alleen daar worden afgerond. Er is geen toegang gegeven. Begin opnieuw vanuit de app en blijf in dezelfde browser. Hebt u niets aangevraagd, sluit dan dit venster.',
    },
    no_link: {
      title: 'Deze link leidt nergens heen',
      text: 'Op dit adres wacht geen aanvraag: ze is misschien al gebruikt, verlopen of vervangen. Ga naar de app om te zien hoe het met uw aanvraag staat, of begin opnieuw.',
    },
    unknown: {
      title: 'Onbekende link',
      text: 'Bij dit adres hoort geen aanvraag. Begin opnieuw vanuit de app.',
    },
    used: {
      title: 'Link al gebruikt',
      text: 'U bent al eens via deze link van uw bank teruggekomen. Ga naar de app om te zien hoe het met uw aanvraag staat.',
    },
    replaced: {
      title: 'Link vervangen',
      text: 'Een nieuwere aanvraag heeft deze vervangen. Ga verder met de laatste link die de app u gaf.',
    },
    expired: {
      title: 'Link verlopen',
      text: 'Deze link is niet meer geldig: er is te veel tijd verstreken, of de app heeft hem ingetrokken. Begin opnieuw vanuit de app.',
    },
    unreadable: {
      title: 'Onvolledig adres',
      text: 'In het adres waarlangs u hier kwam, ontbreken gegevens. Begin opnieuw vanuit de app.',
    },
    broken: {
      title: 'Een probleem aan onze kant',
      text: 'We konden uw aanvraag niet verwerken. Wacht even en laad deze pagina dan opnieuw.',
    },
  },
  en: {
    completed: {
      title: 'All done',
      text: 'Your bank has confirmed your consent. You can close this window and go back to the application.',
    },
    in_progress: {
      title: 'One more moment',
      text: 'Your bank has received your consent, and its confirmation is on the way. You can close this window: the application will see the result.',
    },
    refused: {
      title: 'You declined',
      text: 'No access was given. If that was not what you wanted, start again from the application.',
    },
    failed: {
      title: 'That did not work',
      text: 'Your bank could not confirm your consent, and no access was given. Start again from the application.',
    },
    payment_signed: {
      title: 'Payment signed',
      text: 'Your bank has received your signature. You can close this window and go back to the application.',
    },
    payment_in_progress: {
      title: 'Payment signed, one more moment',
      text: 'Your bank has received your signature, and its confirmation is on the way. You can close this window: the application will see the result.',
    },
    payment_refused: {
      title: 'Payment not signed',
      text: 'You did not sign this payment. If that was not what you wanted, start again from the application.',
    },
    payment_failed: {
      title: 'Payment not confirmed',
      text: 'We could not confirm your signature. Before you start again, look in the application or at your bank how this payment stands.',
    },
    sca_confirmed: {
      title: 'Identity confirmed',
      text: 'Your bank has confirmed that it is you. You can close this window and go back to the application.',
    },
    sca_failed: {
      title: 'Identity not confirmed',
      text: 'Your bank did not confirm your identity. Your consent stays as it was. If you wish, start again from the application.',
    },
    browser_not_bound: {
      title: 'Opened in another browser',
      text: 'This request was started in another browser or app, and can only be finished there. No access was given. Start again from the application and stay in the same browser. If you did not ask for anything, close this window.',
    },
    no_link: {
      title: 'This link leads nowhere',
      text: 'No request waits at this address: it may have been used, expired or been replaced. Go to the application to see how your request stands, or start again.',
    },
    unknown: {
      title: 'Unknown link',
      text: 'No request belongs to this address. Start again from the application.',
    },
    used: {
      title: 'Link already used',
      text: 'You have already come back from your bank by this link. Go to the application to see how your request stands.',
    },
    replaced: {
      title: 'Link replaced',
      text: 'A newer request has taken the place of this one. Go on with the latest link that the application gave you.',
    },
    expired: {
      title: 'Link expired',
      text: 'This link is no longer valid: too much time has passed, or the application withdrew it. Start again from the application.',
    },
    unreadable: {
      title: 'Incomplete address',
      text: 'The address that brought you here lacks information. Start again from the application.',
    },
    broken: {
      title: 'A problem on our side',
      text: 'We could not handle your request. Wait a moment, then reload this page.',
    },
  },
  de: GERMAN_TEXTS,
};
