export {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type ClientCertificateRequest,
  type KeyedCertificate,
  type ServerCertificateRequest,
  type Validity,
} from './certificate-authority.js';
export { CertificateError, type CertificateErrorCode } from './certificate-error.js';
export {
  ensureDevelopmentCertificates,
  type CertificateFiles,
  type DevelopmentCertificates,
} from './development-certificates.js';
export { mtlsOptions, type MtlsFiles, type MtlsOptions } from './mtls-options.js';
export { readPspCertificate, type PspCertificate } from './psp-certificate.js';
export type { CompetentAuthority } from './qc-statements.js';
