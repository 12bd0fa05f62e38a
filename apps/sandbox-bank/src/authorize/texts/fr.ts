import type { Texts } from './texts.js';

export const FR: Texts = {
  languageName: 'Français',
  languageSwitch: 'Langue',
  skipToContent: 'Aller au contenu',
  banner: 'Sandbox – pas une vraie banque. Ne saisissez jamais de vrais identifiants.',
  footer:
    'Simulation destinée aux développeurs, sans lien avec la banque. Son nom indique seulement quelle interface est simulée.',
  progress: 'Étapes',
  steps: ['Client', 'Code'],
  lastStep: { consent: 'Accord', payment: 'Signature', sca: 'Identité' },
  errorPrefix: 'Erreur\u00a0: ',
  errorHeading: 'Il y a un problème',
  faults: {
    no_customer: 'Choisissez un client de test.',
    empty_code: 'Saisissez le code à six chiffres affiché sur cette page.',
    wrong_code: 'Ce code n’est pas celui qui est affiché. Vérifiez les six chiffres et réessayez.',
    no_account: 'Choisissez au moins un compte à partager.',
    account_refused: 'La banque ne peut pas partager cette sélection. Choisissez à nouveau.',
    no_debtor: 'Choisissez le compte à débiter.',
    debtor_refused: 'La banque ne peut pas débiter ce compte. Choisissez à nouveau.',
    consent_over: 'L’accord concerné n’est plus valable. Refusez pour retourner chez le demandeur.',
  },
  logIn: {
    title: 'Qui êtes-vous\u00a0?',
    intro: {
      consent: (tppName) =>
        `${tppName} vous envoie ici pour demander votre accord. Choisissez le client fictif que vous jouez.`,
      payment: (tppName) =>
        `${tppName} vous envoie ici pour signer un paiement. Choisissez le client fictif que vous jouez.`,
      sca: (tppName) =>
        `${tppName} vous envoie ici pour confirmer à nouveau votre identité. Choisissez le client fictif que vous jouez.`,
    },
    legend: 'Clients de test',
    cases: {
      one: () => 'Un compte',
      several: () => 'Plusieurs comptes',
      joint: () => 'Un compte commun',
      currencies: (currencies) =>
        `Comptes en ${currencies === 2 ? 'deux' : currencies === 3 ? 'trois' : currencies} devises`,
      company: () => 'Un compte d’entreprise',
      many: () => 'Beaucoup de comptes',
      none: () => 'Aucun compte',
      blocked: () => 'Un compte bloqué seulement',
      savings: () => 'Un compte d’épargne seulement',
    },
    holdsAccount: (iban) => `Titulaire du compte demandé ${iban}`,
    submit: 'Continuer',
  },
  code: {
    title: 'Confirmez que c’est vous',
    intro: (customer) =>
      `Une vraie banque vérifierait ici l’identité de ${customer} par une authentification forte. Dans la sandbox, recopiez le code affiché.`,
    shown: 'Votre code à usage unique',
    field: 'Code à six chiffres',
    hint: 'Vous pouvez taper des espaces.',
    submit: 'Confirmer',
  },
  consent: {
    title: { AIS: 'Partager vos comptes\u00a0?', CAF: 'Autoriser la vérification de solde\u00a0?' },
    who: 'Demandeur',
    purposeLabel: 'But',
    purpose: {
      AIS: 'Lire le solde et les opérations des comptes que vous choisissez.',
      CAF: 'Recevoir un oui ou un non\u00a0: le montant d’un paiement est-il disponible\u00a0? Ni le solde ni les opérations ne sont communiqués.',
    },
    purposeOfOne: {
      AIS: 'Lire le solde et les opérations du compte ci-dessous.',
      CAF: 'Recevoir un oui ou un non\u00a0: le montant d’un paiement est-il disponible\u00a0? Ni le solde ni les opérations ne sont communiqués.',
    },
    durationLabel: 'Durée',
    duration: (until, days) => `Jusqu’au ${until} (${days} jours), sauf si vous retirez votre accord avant.`,
    customerLabel: 'Client',
    onlyYou: 'Vous seul le voyez',
    accounts: {
      choose: 'Comptes à partager',
      chooseHint: 'Cochez un ou plusieurs comptes de paiement.',
      given: 'Compte concerné',
      ineligible:
        'Ne peut pas être partagé\u00a0: ce n’est pas un compte de paiement que ce client peut utiliser en ligne.',
      noneTitle: 'Aucun compte à partager',
      none: (customer) =>
        `${customer} n’a pas de compte de paiement utilisable en ligne. Choisissez un autre client de test, ou refusez pour retourner chez le demandeur.`,
      notHeldTitle: 'Ce compte n’est pas disponible',
      notHeld: (iban, customer) =>
        `La demande porte sur le compte ${iban}, qui n’est pas un compte de paiement utilisable en ligne par ${customer}. Choisissez un autre client de test, ou refusez pour retourner chez le demandeur.`,
    },
    approve: 'Donner mon accord',
    refuse: 'Refuser',
  },
  payment: {
    title: 'Signer ce paiement\u00a0?',
    labels: {
      amount: 'Montant',
      creditor: 'Bénéficiaire',
      creditorAccount: 'Compte du bénéficiaire',
      bic: 'BIC',
      nationalBankId: 'Code bancaire national',
      address: 'Adresse du bénéficiaire',
      communication: 'Communication',
      charges: 'Frais',
      reference: 'Référence',
      date: 'Date d’exécution',
      product: 'Type de paiement',
      requester: 'Demandeur',
      customer: 'Client',
    },
    products: {
      'sepa-credit-transfers': 'Virement européen',
      'instant-sepa-credit-transfers': 'Virement instantané',
      'cross-border-credit-transfers': 'Virement international',
    },
    charges: {
      DEBT: 'À votre charge',
      CRED: 'À charge du bénéficiaire',
      SHAR: 'Partagés avec le bénéficiaire',
      SLEV: 'Selon les règles du service de paiement',
    },
    atOnce: 'Dès votre signature',
    accounts: {
      choose: 'Compte à débiter',
      chooseHint: 'Choisissez un compte de paiement.',
      given: 'Compte à débiter',
      ineligible:
        'Ne peut pas être débité\u00a0: ce n’est pas un compte de paiement que ce client peut utiliser en ligne.',
      noneTitle: 'Aucun compte à débiter',
      none: (customer) =>
        `${customer} n’a pas de compte de paiement utilisable en ligne. Choisissez un autre client de test, ou refusez pour retourner chez le demandeur.`,
      notHeldTitle: 'Ce compte n’est pas disponible',
      notHeld: (iban, customer) =>
        `Le paiement doit partir du compte ${iban}, qui n’est pas un compte de paiement utilisable en ligne par ${customer}. Choisissez un autre client de test, ou refusez pour retourner chez le demandeur.`,
    },
    sign: 'Signer le paiement',
    refuse: 'Refuser',
  },
  sca: {
    title: 'Confirmer votre identité\u00a0?',
    who: 'Demandeur',
    purposeLabel: 'But',
    purpose:
      'Laisser lire tout l’historique de vos opérations, aussi au-delà de 90 jours, pour les comptes que vous avez déjà accepté de partager. Rien d’autre n’est partagé.',
    accounts: 'Comptes',
    untilLabel: 'Votre accord',
    until: (date) => `Jusqu’au ${date}. Cette confirmation ne le prolonge pas.`,
    customer: 'Client',
    overTitle: 'Cet accord n’est plus valable',
    over: (tppName) => `${tppName} n’a plus votre accord. Refusez pour y retourner et recommencer depuis là.`,
    confirm: 'Confirmer',
    refuse: 'Refuser',
  },
  otherCustomer: 'Choisir un autre client',
  cancel: (tppName) => `Annuler et retourner chez ${tppName}`,
  developers: {
    title: 'Pour les développeurs',
    text: (error) => `Jouer une panne de la banque\u00a0: le retour se fait avec error=${error}.`,
    fail: 'Simuler une panne',
  },
  deadEnds: {
    unknown_address: { title: 'Page introuvable', text: 'Cette adresse n’existe pas dans la sandbox.' },
    unsupported_language: {
      title: 'Langue non disponible',
      text: 'Les écrans de la banque existent en français et en néerlandais, avec l’anglais pour les développeurs. Choisissez une langue en haut de la page.',
    },
    incomplete_link: { title: 'Lien incomplet', text: 'Le paramètre apptoken manque dans ce lien.' },
    malformed_link: {
      title: 'Lien mal formé',
      text: 'Un paramètre de ce lien est présent plusieurs fois, trop long ou contient des caractères interdits.',
    },
    stateless_link: {
      title: 'Lien sans state',
      text: 'Le paramètre state manque dans ce lien, et cette sandbox est réglée pour l’exiger.',
    },
    unknown_link: {
      title: 'Lien inconnu',
      text: 'La banque ne connaît pas ce lien. Il est peut-être tronqué.',
    },
    other_brand: {
      title: 'Lien d’une autre marque',
      text: 'Ce lien a été délivré par une autre marque de la banque.',
    },
    used_link: {
      title: 'Demande déjà traitée',
      text: 'Une réponse a déjà été donnée à cette demande. Chaque lien ne sert qu’une fois.',
    },
    expired_link: { title: 'Lien expiré', text: 'Le délai pour répondre à cette demande est dépassé.' },
    session_missing: {
      title: 'Session introuvable',
      text: 'Cette page appartient à une visite que ce navigateur n’a pas commencée, ou les cookies sont bloqués.',
    },
    foreign_form: {
      title: 'Formulaire refusé',
      text: 'Ce formulaire ne vient pas de la page qui vous a été affichée. Rien n’a été enregistré.',
    },
    technical_fault: {
      title: 'Erreur technique',
      text: 'La sandbox n’a pas pu traiter cette page. Réessayez dans un instant.',
    },
  },
  wayOut: 'Retournez dans l’application qui vous a envoyé ici et recommencez.',
  tryAgain: 'Réessayer',
  startPage: 'Vers la page d’accueil de la sandbox',
};
