import type { Message, Text } from './page-message.js';

/** As those of the other languages. */
export const GERMAN_TEXTS: Readonly<Record<Message, Text>> = {
  completed: {
    title: 'Erledigt',
    text: 'Ihre Bank hat Ihre Zustimmung bestätigt. Sie können dieses Fenster schließen und zur Anwendung zurückkehren.',
  },
  in_progress: {
    title: 'Noch einen Augenblick',
    text: 'Ihre Bank hat Ihre Zustimmung erhalten, die Bestätigung ist unterwegs. Sie können dieses Fenster schließen: Die Anwendung sieht das Ergebnis.',
  },
  refused: {
    title: 'Sie haben abgelehnt',
    text: 'Es wurde kein Zugriff erteilt. Falls das nicht Ihre Absicht war, beginnen Sie in der Anwendung von vorn.',
  },
  failed: {
    title: 'Das hat nicht geklappt',
    text: 'Ihre Bank konnte Ihre Zustimmung nicht bestätigen, und es wurde kein Zugriff erteilt. Beginnen Sie in der Anwendung von vorn.',
  },
  payment_signed: {
    title: 'Zahlung unterschrieben',
    text: 'Ihre Bank hat Ihre Unterschrift erhalten. Sie können dieses Fenster schließen und zur Anwendung zurückkehren.',
  },
  payment_in_progress: {
    title: 'Zahlung unterschrieben, noch einen Augenblick',
    text: 'Ihre Bank hat Ihre Unterschrift erhalten, die Bestätigung ist unterwegs. Sie können dieses Fenster schließen: Die Anwendung sieht das Ergebnis.',
  },
  payment_refused: {
    title: 'Zahlung nicht unterschrieben',
    text: 'Sie haben diese Zahlung nicht unterschrieben. Falls das nicht Ihre Absicht war, beginnen Sie in der Anwendung von vorn.',
  },
  payment_failed: {
    title: 'Zahlung nicht bestätigt',
    text: 'Wir konnten Ihre Unterschrift nicht bestätigen. Sehen Sie in der Anwendung oder bei Ihrer Bank nach, wie es um diese Zahlung steht, bevor Sie von vorn beginnen.',
  },
  sca_confirmed: {
    title: 'Identität bestätigt',
    text: 'Ihre Bank hat bestätigt, dass Sie es sind. Sie können dieses Fenster schließen und zur Anwendung zurückkehren.',
  },
  sca_failed: {
    title: 'Identität nicht bestätigt',
    text: 'Ihre Bank hat Ihre Identität nicht bestätigt. Ihre Zustimmung bleibt unverändert. Beginnen Sie bei Bedarf in der Anwendung von vorn.',
  },
  browser_not_bound: {
    title: 'In einem anderen Browser geöffnet',
    text: 'Diese Anfrage hat in einem anderen Browser oder einer anderen App begonnen und kann nur dort abgeschlossen werden. Es wurde kein Zugriff erteilt. Beginnen Sie in der Anwendung von vorn und bleiben Sie im selben Browser. Falls Sie nichts angefragt haben, schließen Sie dieses Fenster.',
  },
  no_link: {
    title: 'Dieser Link führt nirgendwohin',
    text: 'Unter dieser Adresse wartet keine Anfrage: Sie wurde vielleicht schon benutzt, ist abgelaufen oder wurde ersetzt. Sehen Sie in der Anwendung nach, wie es um Ihre Anfrage steht, oder beginnen Sie von vorn.',
  },
  unknown: {
    title: 'Unbekannter Link',
    text: 'Zu dieser Adresse gehört keine Anfrage. Beginnen Sie in der Anwendung von vorn.',
  },
  used: {
    title: 'Link bereits benutzt',
    text: 'Sie sind über diesen Link schon einmal von Ihrer Bank zurückgekommen. Sehen Sie in der Anwendung nach, wie es um Ihre Anfrage steht.',
  },
  replaced: {
    title: 'Link ersetzt',
    text: 'Eine neuere Anfrage hat diese ersetzt. Fahren Sie mit dem letzten Link fort, den Ihnen die Anwendung gegeben hat.',
  },
  expired: {
    title: 'Link abgelaufen',
    text: 'Dieser Link gilt nicht mehr: Es ist zu viel Zeit vergangen, oder die Anwendung hat ihn zurückgezogen. Beginnen Sie in der Anwendung von vorn.',
  },
  unreadable: {
    title: 'Unvollständige Adresse',
    text: 'In der Adresse, über die Sie gekommen sind, fehlen Angaben. Beginnen Sie in der Anwendung von vorn.',
  },
  broken: {
    title: 'Ein Problem auf unserer Seite',
    text: 'Wir konnten Ihre Anfrage nicht bearbeiten. Warten Sie einen Augenblick und laden Sie diese Seite dann neu.',
  },
};
