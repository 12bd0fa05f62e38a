import type { PsuTexts } from './texts.types.js';

export const FRENCH: PsuTexts = {
  name: 'Français',
  someTpp: 'l’application',
  labels: {
    kind: 'Pour quoi',
    accounts: 'Comptes',
    purpose: 'But',
    since: 'Partagé depuis le',
    until: 'Prend fin le',
    ended: 'Terminé le',
    lastAccess: 'Dernier accès',
    status: 'État',
    language: 'Langue',
    reference: 'Référence pour l’assistance',
  },
  values: {
    endingIn: 'se terminant par',
    accountsToCome: 'votre banque ne les a pas encore communiqués',
    noAccounts: 'plus indiqués',
    noPurpose: 'non précisé',
    neverAccessed: 'pas encore',
    notYet: 'pas encore',
    inDays: (days) => (days <= 0 ? 'aujourd’hui' : days === 1 ? 'dans 1 jour' : `dans ${days} jours`),
  },
  actions: {
    open: 'Ouvrir ma page',
    details: 'Voir les détails',
    stop: 'Arrêter le partage',
    keep: 'Continuer le partage',
    renew: 'Renouveler',
    notNow: 'Pas maintenant',
    toBank: (bank) => `Continuer vers ${bank}`,
    backToList: 'Tous les comptes connectés',
    backTo: (tpp) => `Retour : ${tpp}`,
    lookAgain: 'Regarder à nouveau',
    search: 'Rechercher',
    allEnded: 'Toutes les connexions terminées',
    more: 'Plus anciennes',
    signOut: 'Se déconnecter',
  },
  status: {
    live: 'Actif',
    ending: 'Actif, prend bientôt fin',
    waiting: 'En cours d’installation',
    doubt: 'En cours de vérification',
    lost: 'Connexion perdue',
    stopped: 'Arrêté par vous',
    stopped_at_bank: 'Arrêté auprès de votre banque',
    stopped_by_tpp: 'Arrêté par le prestataire',
    over: 'Terminé comme convenu',
    renewed: 'Remplacé par un plus récent',
  },
  scopes: {
    AIS: {
      name: 'Informations sur les comptes',
      shared: ['Nom et numéro des comptes', 'Soldes', 'Opérations'],
      notShared:
        'Aucun paiement n’est possible par ce biais, et vos identifiants bancaires ne sont jamais partagés.',
      stops: (tpp) => [
        `Dès maintenant, ${tpp} ne voit plus les nouveaux soldes ni les nouvelles opérations de ces comptes.`,
        'Ce que vous utilisez et qui en a besoin cesse de fonctionner ou n’est plus à jour.',
      ],
    },
    CAF: {
      name: 'Confirmation de fonds',
      shared: ['Si un montant est disponible sur le compte : oui ou non'],
      notShared: 'Ni votre solde ni vos opérations ne sont partagés.',
      stops: (tpp) => [
        `Dès maintenant, ${tpp} ne peut plus demander à votre banque si un montant est disponible.`,
        'Une carte ou un paiement qui nécessite cette vérification peut être refusé.',
      ],
    },
    PIS: {
      name: 'Paiements',
      shared: ['Les paiements que vous avez signés, et où ils en sont'],
      notShared: 'Un nouveau paiement demande toujours votre signature auprès de la banque.',
      stops: (tpp) => [
        `Dès maintenant, ${tpp} ne peut plus suivre ni annuler les paiements que vous avez signés.`,
        'Les paiements que vous avez signés ne sont pas annulés pour autant.',
      ],
    },
  },
  link: (tpp) => ({
    title: 'Vos comptes connectés',
    text: `Vous arrivez depuis ${tpp}. Sur votre page, vous voyez ce que vous partagez depuis votre banque, et vous pouvez l’arrêter ou le renouveler. La page se ferme après 30 minutes sans utilisation.`,
  }),
  list: {
    title: 'Vos comptes connectés',
    lead: (tpp) =>
      `Voici ce que ${tpp} peut voir auprès de votre banque. Vous décidez de la durée : vous pouvez arrêter à tout moment.`,
    empty: (tpp) =>
      `Rien n’est connecté pour l’instant. Pour connecter un compte, ouvrez ${tpp} et choisissez-y votre banque.`,
    nothingFound:
      'Rien ne correspond à votre recherche. Essayez avec moins de mots, ou videz le champ pour tout voir.',
    ended: 'Terminées',
    endedLead: 'Plus rien de celles-ci n’est partagé.',
    noneEnded: 'Aucune connexion n’est encore terminée.',
    searchField: 'Rechercher parmi vos connexions',
    searchHint: 'Banque, but ou quatre derniers chiffres d’un compte',
  },
  detail: {
    shared: (tpp) => `Ce que ${tpp} peut voir`,
    forHowLong: 'Pour combien de temps',
    fixedEnd: 'L’accès prend fin de lui-même ce jour-là, sauf si vous le renouvelez ou l’arrêtez avant.',
    history: 'Historique',
    historyLead: 'Ce qui s’est passé ces deux dernières années, le plus récent d’abord.',
    noHistory: 'Rien ne s’est passé ces deux dernières années.',
    inDoubt:
      'Une réponse de votre banque s’est perdue. Nous vérifions si la connexion fonctionne encore ; vous n’avez rien à faire.',
    lost: (tpp) =>
      `La connexion avec votre banque est perdue et plus rien n’est partagé. Pour partager à nouveau, connectez le compte une nouvelle fois depuis ${tpp}.`,
  },
  stop: {
    title: (bank) => `Arrêter le partage depuis ${bank} ?`,
    lead: 'L’effet est immédiat. Pour partager à nouveau plus tard, vous connectez le compte une nouvelle fois.',
    stops: 'Ce qui cesse de fonctionner',
    stays: 'Ce qui reste',
    staying: (bank, tpp) => [
      `Vos comptes et cartes chez ${bank} fonctionnent comme avant.`,
      `L’arrêt n’efface pas ce qui a été reçu auparavant ; pour cela, adressez-vous à ${tpp}.`,
    ],
    atBank: (bank) =>
      `Le canal de votre banque fonctionne aussi : dans l’app ou sur le site de ${bank}, vous pouvez également retirer cet accès.`,
    done: (bank) => ({
      title: 'Le partage est arrêté',
      text: `Plus rien de ${bank} n’est partagé par cette connexion. L’historique reste sur votre page.`,
    }),
  },
  renew: {
    title: (bank) => `Renouveler l’accès à ${bank}`,
    steps: (bank) => [
      `Vous allez chez ${bank} et vous y identifiez comme toujours.`,
      'Vous choisissez à nouveau les comptes et confirmez.',
      'Vous revenez sur cette page.',
    ],
    stays:
      'L’ancien accès reste jusqu’à ce que le nouveau soit là. Si vous changez d’avis en chemin, rien ne change.',
    goingOn: (bank) => ({
      title: `En route vers ${bank}`,
      text: 'Votre navigateur vous y emmène. Sinon, utilisez le bouton.',
    }),
  },
  returned: {
    done: { title: 'Accès renouvelé', text: 'Le nouvel accès fonctionne et a remplacé l’ancien.' },
    done_fewer: {
      title: 'Accès renouvelé, avec moins de comptes',
      text: 'Le nouvel accès fonctionne. Il couvre moins de comptes qu’avant ; renouvelez encore une fois si vous en avez oublié un.',
    },
    in_progress: {
      title: 'Encore un instant',
      text: 'Vous avez confirmé auprès de votre banque, sa réponse est en route. L’ancien accès reste jusque-là.',
    },
    waiting: {
      title: 'Pas encore terminé',
      text: 'Vous n’avez pas encore confirmé auprès de votre banque. L’ancien accès reste tel quel.',
    },
    cancelled: {
      title: 'Non renouvelé',
      text: 'Vous avez décidé auprès de votre banque de ne pas renouveler. Rien n’a changé : l’ancien accès reste jusqu’à sa fin.',
    },
    failed: {
      title: 'Le renouvellement n’a pas abouti',
      text: 'Votre banque n’a pas pu confirmer. Rien n’a changé : l’ancien accès reste jusqu’à sa fin. Vous pouvez réessayer.',
    },
    timed_out: {
      title: 'Le temps est écoulé',
      text: 'Cela a duré trop longtemps auprès de votre banque et la demande a expiré. Rien n’a changé : l’ancien accès reste jusqu’à sa fin. Vous pouvez recommencer.',
    },
    replaced: {
      title: 'Remplacé par une demande plus récente',
      text: 'Vous avez recommencé depuis. Continuez avec la demande plus récente, ou consultez votre page.',
    },
    ended: {
      title: 'Cet accès est terminé',
      text: 'L’accès avec lequel vous êtes revenu a fonctionné et s’est terminé depuis. Votre page montre où en sont les choses.',
    },
  },
  missingAccounts: 'Plus couverts :',
  signedOut: {
    title: 'Vous êtes déconnecté',
    text: 'Votre page est fermée. Vous pouvez la rouvrir depuis l’application.',
  },
  refusals: {
    link_unknown: {
      title: 'Ce lien ne mène nulle part',
      text: 'Aucune page ne correspond à cette adresse. Le lien a peut-être été coupé ou est périmé depuis longtemps. Demandez-en un nouveau dans l’application.',
    },
    link_used: {
      title: 'Ce lien a déjà servi',
      text: 'Pour votre sécurité, chaque lien ouvre votre page une seule fois. Demandez-en un nouveau dans l’application. Si ce n’est pas vous qui l’avez utilisé, signalez-le là-bas.',
    },
    link_expired: {
      title: 'Ce lien a expiré',
      text: 'Pour votre sécurité, un lien fonctionne 15 minutes. Demandez-en un nouveau dans l’application.',
    },
    session_over: {
      title: 'Votre page est fermée',
      text: 'Elle se ferme après 30 minutes sans utilisation, et après 8 heures au plus. Rouvrez-la depuis l’application. Rien n’a été modifié.',
    },
    forged: {
      title: 'Rien n’a été modifié',
      text: 'Cette demande ne venait pas de votre page, nous ne l’avons donc pas suivie. Retournez sur votre page et essayez là.',
    },
    elsewhere: {
      title: 'Nous ne vous menons pas là',
      text: 'Cette adresse nomme une destination qui n’appartient pas à l’application. Rien n’a été modifié.',
    },
    not_found: {
      title: 'Pas sur votre page',
      text: 'Cette connexion n’est pas parmi les vôtres. Rien n’a été modifié.',
    },
    not_stoppable: {
      title: 'Impossible d’arrêter maintenant',
      text: 'La connexion est en cours d’installation, ou déjà terminée. Rien n’a été modifié. Regardez à nouveau dans une minute.',
    },
    not_renewable: {
      title: 'Impossible de renouveler maintenant',
      text: 'Une connexion peut être renouvelée dans les 14 derniers jours avant sa fin. Les paiements n’en ont pas besoin. Rien n’a été modifié.',
    },
    bank_unavailable: {
      title: 'Votre banque est injoignable',
      text: 'Nous n’avons pas pu demander le renouvellement à votre banque. Rien n’a changé : l’ancien accès reste. Réessayez dans quelques minutes.',
    },
    broken: {
      title: 'Un problème de notre côté',
      text: 'Nous n’avons pas pu traiter votre demande. Attendez un instant, puis rechargez cette page.',
    },
  },
  history: {
    opened: 'Un accès vous a été demandé',
    begun: 'Vous avez commencé à renouveler l’accès',
    authorized: 'Vous avez donné votre accord auprès de votre banque',
    began: 'Le partage a commencé',
    renewed: 'Vous avez renouvelé l’accès ; le nouveau a pris le relais',
    accounts_listed: 'Votre banque a communiqué les comptes',
    expires_soon: 'La fin approchait',
    confirmed: 'Vous avez confirmé votre identité une fois de plus auprès de votre banque',
    superseded: 'Un accès plus récent a pris le relais',
    stopped: 'Vous avez arrêté le partage sur cette page',
    stopped_at_bank: 'Vous avez arrêté le partage auprès de votre banque',
    stopped_by_tpp: 'Le prestataire a mis fin à l’accès',
    over: 'L’accès a pris fin comme convenu',
    link_over: 'La demande a expiré sans servir',
    refused: 'Vous avez refusé auprès de votre banque',
    failed_at_bank: 'Votre banque n’a pas confirmé',
    lost: 'La connexion a été perdue',
    recovered: 'La connexion fonctionne à nouveau',
  },
  accountsListed: (count) =>
    count === 1 ? 'Votre banque a communiqué 1 compte' : `Votre banque a communiqué ${count} comptes`,
  expiresSoon: (days) => (days === 1 ? 'Encore un jour avant la fin' : `Encore ${days} jours avant la fin`),
};
