import { Injectable } from '@nestjs/common';
import { LANGUAGES, Secret, type Brand } from '@consent-hub/psd2-protocol';
import { AuthorizationRepository } from '../model/consents/authorization.repository.js';
import { launcherPath } from '../model/consents/psu-pages.service.js';
import { BankSettings } from '../model/settings/bank.settings.js';
import { deadEnd, type Answer, type DeadEnd } from './page.js';
import { PageSessionRepository } from './page-session.repository.js';
import { stepPath, visitPath } from './paths.js';
import { isUiLanguage, preferredLanguage, type UiLanguage } from './ui-language.js';
import { endOf, isBrand } from './visit.service.js';

/** The link that the PSU opened, as it was sent. */
export interface LaunchRequest {
  readonly brand: string;
  readonly language: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly acceptLanguage: string | undefined;
}

/** RFC 6749 appendix A.5: a state is made of visible characters and spaces. The length is the sandbox's own limit. */
const STATE = /^[\x20-\x7e]{1,2048}$/;

/** The link's parameters that matter here; `appkey` names the bank's application and decides nothing in the sandbox. */
interface LinkParameters {
  readonly appToken: Secret;
  readonly state: string | null;
}

/** Begins a visit: reads the link, and redirects the browser to an address without the link's token. */
@Injectable()
export class LaunchService {
  constructor(
    private readonly authorizations: AuthorizationRepository,
    private readonly sessions: PageSessionRepository,
    private readonly settings: BankSettings,
  ) {}

  async launch(request: LaunchRequest): Promise<Answer> {
    const language = languageOf(request);
    const { brand } = request;
    const end = (reason: DeadEnd): Answer =>
      deadEnd(reason, isBrand(brand) ? brand : null, language, (other) => linkIn(other, request));
    if (!isBrand(brand)) return end('unknown_address');
    if (!LANGUAGES.some((known) => known === request.language)) return end('unsupported_language');
    const parameters = linkParameters(request.query);
    if (typeof parameters === 'string') return end(parameters);
    if (parameters.state === null && this.settings.assumptions.state === 'required')
      return end('stateless_link');
    return this.open(brand, language, parameters, end);
  }

  private async open(
    brand: Brand,
    language: UiLanguage,
    { appToken, state }: LinkParameters,
    end: (reason: DeadEnd) => Answer,
  ): Promise<Answer> {
    const authorization = await this.authorizations.findByAppToken(appToken);
    if (!authorization) return end('unknown_link');
    if (authorization.brand !== brand) return end('other_brand');
    const over = endOf(authorization);
    if (over !== null) return end(over);

    const { id: sessionId, key } = await this.sessions.open(authorization.id, state);
    return {
      kind: 'opened',
      to: stepPath({ brand, sessionId, language }, 'log-in'),
      path: visitPath({ brand, sessionId }),
      cookie: { key, appToken },
    };
  }
}

/** `ui` asks for English, for which the bank has no address; it takes precedence over the address. */
function languageOf({ query, language, acceptLanguage }: LaunchRequest): UiLanguage {
  if (isUiLanguage(query['ui'])) return query['ui'];
  return LANGUAGES.find((known) => known === language) ?? preferredLanguage(acceptLanguage);
}

/** RFC 6749 section 3.1: a parameter without a value counts as absent, and none may come twice. */
function linkParameters(query: LaunchRequest['query']): LinkParameters | DeadEnd {
  const [appToken, state] = [query['apptoken'] ?? '', query['state'] ?? ''];
  if (typeof appToken !== 'string' || typeof state !== 'string') return 'malformed_link';
  if (appToken === '') return 'incomplete_link';
  if (state !== '' && !STATE.test(state)) return 'malformed_link';
  return { appToken: new Secret(appToken), state: state === '' ? null : state };
}

/** The same link in another language. The bank has no English address: the French one with `ui` is used for it. */
function linkIn(language: UiLanguage, { brand, query, language: asked }: LaunchRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (name !== 'ui' && typeof one === 'string') parameters.append(name, one);
    }
  }
  if (language === 'en') parameters.set('ui', 'en');
  const inPath = LANGUAGES.find((known) => known === (language === 'en' ? asked : language)) ?? 'fr';
  const rest = parameters.toString();
  return `${launcherPath(brand, inPath)}${rest === '' ? '' : `?${rest}`}`;
}
