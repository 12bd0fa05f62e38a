import type { Language } from '@consent-hub/psd2-protocol';

type Names = readonly [string, ...string[]];

/** The invented payees of the test customers, and the words of their statements. */
export interface Payees {
  readonly employers: Names;
  readonly landlords: Names;
  readonly energy: Names;
  readonly telecom: Names;
  readonly insurers: Names;
  readonly shops: Names;
  readonly restaurants: Names;
  readonly fuel: Names;
  readonly online: Names;
  readonly friends: Names;
  readonly suppliers: Names;
  readonly customers: Names;
  readonly authorities: Names;
  readonly words: Readonly<Record<StatementWord, string>>;
}

export type StatementWord =
  | 'salary'
  | 'rent'
  | 'card'
  | 'cash'
  | 'debit'
  | 'transferIn'
  | 'transferOut'
  | 'takings'
  | 'savings'
  | 'household'
  | 'exchange'
  | 'wages'
  | 'vat'
  | 'invoice'
  | 'refund';

const FR: Payees = {
  employers: ['Ateliers Delvaux SA', 'Clinique Sainte-Élodie ASBL', 'Commune de Villers'],
  landlords: ['Régie Foncière du Parc', 'M. et Mme Hautecœur', 'Immobilière "Les Tilleuls"'],
  energy: ['Lumière & Gaz SA', 'Énergie Verte SCRL'],
  telecom: ['Télébel Mobile', 'Réseau Câblé SA'],
  insurers: ['Assurances L’Abeille', 'Mutualité Solidaire 319'],
  shops: ['Épicerie Chez Noémie', 'Supermarché Marché-Plus', 'Boucherie Dufrêne', 'Pharmacie de l’Été'],
  restaurants: ['Crêperie "L’Étoile du Nord"', 'Friterie Chez Zoé', 'Brasserie Au Vieux Chêne'],
  fuel: ['Station-service Autoroute E411', 'Garage Noël'],
  online: ['Bücher Müller GmbH', 'Librairie en ligne Açaï', 'Vêtements Frühling'],
  friends: ['Jérôme Lefèvre', 'Zoë Peñalver', 'Anaïs François'],
  suppliers: ['Moulins de l’Ourthe SA', 'Emballages "Le Bon Carton"', 'Käserei Jäger GmbH'],
  customers: ['Hôtel du Château', 'Traiteur Gaëlle', 'École communale'],
  authorities: ['SPF Finances', 'Caisse d’assurances sociales'],
  words: {
    salary: 'SALAIRE',
    rent: 'Loyer',
    card: 'PAIEMENT PAR CARTE DE DEBIT',
    cash: 'RETRAIT D’ESPECES',
    debit: 'DOMICILIATION EUROPEENNE',
    transferIn: 'VIREMENT EN VOTRE FAVEUR',
    transferOut: 'VIREMENT',
    takings: 'RECETTES TERMINAL',
    savings: 'Épargne',
    household: 'Ménage',
    exchange: 'OPERATION DE CHANGE',
    wages: 'Rémunérations',
    vat: 'TVA',
    invoice: 'Facture',
    refund: 'Remboursement',
  },
};

const NL: Payees = {
  employers: ['Weverij De Brabander NV', 'AZ Sint-Godelieve VZW', 'Stad Oudenberg'],
  landlords: ['Vastgoed Het Park', 'Dhr. en Mevr. Van ’t Hof', 'Immo "De Linde"'],
  energy: ['Licht & Gas NV', 'Groene Energie CVBA'],
  telecom: ['Belmobiel', 'Kabelnet NV'],
  insurers: ['Verzekeringen De Bij', 'Ziekenfonds Solidair 319'],
  shops: ['Kruidenier Bij Noëlla', 'Supermarkt Markt-Plus', 'Slagerij D’Hondt', 'Apotheek Zoë'],
  restaurants: ['Eetcafé "De Gouden Leeuw"', 'Frituur ’t Hoekske', 'Brasserie Den Ouden Eik'],
  fuel: ['Tankstation E40 Drongen', 'Garage Daniëls'],
  online: ['Bücher Müller GmbH', 'Boekhandel Online België', 'Kleding Frühling'],
  friends: ['Renée Coördinaet', 'Loïc Beëlaert', 'Jürgen Schröder'],
  suppliers: ['Molens van de Dender NV', 'Verpakking "Het Goede Karton"', 'Käserei Jäger GmbH'],
  customers: ['Hotel Het Kasteel', 'Feestzaal Gaëlle', 'Gemeenteschool'],
  authorities: ['FOD Financiën', 'Sociaal verzekeringsfonds'],
  words: {
    salary: 'LOON',
    rent: 'Huur',
    card: 'BETALING MET DEBETKAART',
    cash: 'GELDOPNAME',
    debit: 'EUROPESE DOMICILIERING',
    transferIn: 'OVERSCHRIJVING TE UWEN GUNSTE',
    transferOut: 'OVERSCHRIJVING',
    takings: 'ONTVANGSTEN TERMINAL',
    savings: 'Sparen',
    household: 'Huishouden',
    exchange: 'WISSELVERRICHTING',
    wages: 'Lonen',
    vat: 'Btw',
    invoice: 'Factuur',
    refund: 'Terugbetaling',
  },
};

export const PAYEES: Readonly<Record<Language, Payees>> = { fr: FR, nl: NL };
