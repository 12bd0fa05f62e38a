export { BankCallEvents } from './bank-call-events.js';
export {
  BankClient,
  type BankAccount,
  type ConsentUri,
  type ConsentUriRequest,
  type GrantedTokens,
  type Pkce,
  type TokenAnswer,
  type TokenRequest,
} from './bank-client.js';
export { BankClientModule } from './bank-client.module.js';
export { BankProblems } from './bank-problems.js';
export { BANK_ERROR_CODES, BankError, type BankErrorCode } from './bank-error.js';
export { CertificateExamination, type ExaminedClientCertificate } from './certificate-examination.js';
export { ClientCertificates, type ClientCertificate, type DatedCertificate } from './client-certificates.js';
export { HttpBankClient } from './http-bank-client.js';
export { createPkce } from './pkce.js';
export { readTokenAnswer } from './token-answer.js';
export type { BankClientSettings, BankSettings } from './settings.js';
