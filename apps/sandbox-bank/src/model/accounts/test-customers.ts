import { BANX_CUSTOMERS } from './banx-customers.js';
import { BELFIUS_CUSTOMERS } from './belfius-customers.js';
import type { TestCustomer } from './test-customer.js';

/** Invented people with valid Belgian account numbers (bank codes 050 to 099 are the bank's). */
export const TEST_CUSTOMERS: readonly TestCustomer[] = [...BELFIUS_CUSTOMERS, ...BANX_CUSTOMERS];
