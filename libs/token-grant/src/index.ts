export { TOKEN_GRANT_ENTITIES, TokenGrantModule } from './token-grant.module.js';
export { TokenGrantSettings } from './token-grant.settings.js';
export { TokenGrants } from './token-grants.js';
