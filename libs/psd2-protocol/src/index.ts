export { BANK_ERROR, type BankErrorBody, type BankErrorRow } from './bank-errors.js';
export { HEADER, vendorMediaType } from './http.js';
export { Secret } from './secret.js';
export {
  BRANDS,
  GRANT_TYPES,
  LANGUAGES,
  PSP_ROLES,
  SCOPES,
  type Brand,
  type GrantType,
  type Language,
  type PspRole,
  type Scope,
} from './vocabulary.js';
