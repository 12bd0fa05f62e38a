import type { ClientCertificate } from './client-certificates.js';

/** A certificate in use, with what an operator should mend. */
export interface ExaminedClientCertificate {
  readonly certificate: ClientCertificate;
  /** Empty: all is well. */
  readonly problems: readonly { readonly code: string; readonly detail: string }[];
}

/** Examines the client certificates against the scopes in use. Where features meet: console asks, certificates answers. */
export abstract class CertificateExamination {
  /** One for each brand, of the hub that answers. */
  abstract examine(): Promise<readonly ExaminedClientCertificate[]>;
}
