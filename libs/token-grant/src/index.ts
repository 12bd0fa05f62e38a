export { DueRefreshes, type ClaimedRefresh } from './due-refreshes.js';
export { GrantAudience } from './grant-audience.js';
export { GrantObserver, type EndedRequest } from './grant-observer.js';
export { openKeptAnswers } from './open-kept-answers.js';
export { IS_UNDER_WAY } from './reservation.statements.js';
export { SpoolDirectory } from './spool-directory.js';
export { TOKEN_GRANT_ENTITIES, TokenGrantModule } from './token-grant.module.js';
export { TokenGrantSettings } from './token-grant.settings.js';
export { TokenGrants } from './token-grants.js';
