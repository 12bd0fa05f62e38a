import { ApiClientNames } from '@consent-hub/consent';
import { ApiClientNamesQuery } from '../src/api-client/api-client-names.query.js';

/** The port as the app fills it, for specs of features that ask it. */
export const API_CLIENT_NAMES = { provide: ApiClientNames, useClass: ApiClientNamesQuery };
