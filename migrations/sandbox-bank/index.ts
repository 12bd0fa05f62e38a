import { CreateClockAndFaults1795400100000 } from './1795400100000-create-clock-and-faults.js';
import { CreateTpps1795400200000 } from './1795400200000-create-tpps.js';
import { CreateCustomers1795400300000 } from './1795400300000-create-customers.js';
import { CreateAuthorizations1795400400000 } from './1795400400000-create-authorizations.js';
import { CreateTokenPairs1795400500000 } from './1795400500000-create-token-pairs.js';
import { CreatePayments1795400600000 } from './1795400600000-create-payments.js';
import { CountFaultStrikes1795504000000 } from './1795504000000-count-fault-strikes.js';

/** The schema of the sandbox bank. Its migrations are listed, not globbed, as those of the hub. */
export const BANK_SCHEMA = {
  name: 'bank',
  migrationTable: 'bank_migration',
  command: 'npm run db:migrate:sandbox',
  /** Oldest first. */
  migrations: [
    CreateClockAndFaults1795400100000,
    CreateTpps1795400200000,
    CreateCustomers1795400300000,
    CreateAuthorizations1795400400000,
    CreateTokenPairs1795400500000,
    CreatePayments1795400600000,
    CountFaultStrikes1795504000000,
  ],
};
