export {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type ClientCertificateRequest,
  type KeyedCertificate,
} from './certificate-authority.js';
export { CertificateError } from './certificate-error.js';
export {
  readCertificates,
  validityStateAt,
  type CertificateSummary,
  type CertificateValidity,
  type ValidityState,
} from './certificate-validity.js';
export { ensureDevelopmentCertificates, type DevelopmentCertificates } from './development-certificates.js';
export { checkMtls, mtlsOptions, readMtls, type MtlsFiles, type MtlsOptions } from './mtls-options.js';
export { readPspCertificate, type PspCertificate } from './psp-certificate.js';
