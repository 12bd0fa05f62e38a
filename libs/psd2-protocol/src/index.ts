export {
  BANK_ERROR,
  bankErrorWords,
  ERROR_STYLES,
  type BankErrorBody,
  type BankErrorRow,
  type BankErrorWords,
  type ErrorStyle,
} from './bank-errors.js';
export {
  BRAND_NAMES,
  BRANDS,
  EXAMPLE_BRAND,
  listBrands,
  perBrand,
  SANDBOX_PORTS,
  type Brand,
} from './brands.js';
export { HEADER, vendorMediaType } from './http.js';
export { IBAN_GAP, toElectronicIban } from './iban.js';
export { Secret } from './secret.js';
export {
  GRANT_TYPES,
  LANGUAGES,
  PSP_ROLES,
  ROLE_OF_SCOPE,
  SCOPES,
  type GrantType,
  type Language,
  type PspRole,
  type Scope,
} from './vocabulary.js';
