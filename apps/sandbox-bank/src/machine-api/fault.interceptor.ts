import {
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { BANK_ERROR, GRANT_TYPES, Secret, type GrantType } from '@consent-hub/psd2-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, of, tap, type Observable } from 'rxjs';
import { FaultRepository, type FaultPlace, type TakenFault } from '../model/faults/fault.repository.js';
import { spellingsOf } from '../model/faults/fault-endpoints.js';
import {
  FAULTS,
  faultsAt,
  type FaultEffect,
  type FaultKind,
  type FaultMoment,
} from '../model/faults/faults.js';
import { TokenRepository } from '../model/consents/token.repository.js';
import { alterAnswer, firstHalf, withoutField, withString } from './altered-answers.js';
import { AnswerDelayService } from './answer-delay.service.js';
import { callOf } from './machine-call.context.js';
import { Refusal, SANDBOX_ERROR } from './refusal.error.js';

/** The outcome of an admitted call: the body of its answer, or the refusal that is the answer. */
type Outcome = { readonly body: unknown } | { readonly refusal: Refusal };

const GATEWAY_PAGE = '<!doctype html><title>Gateway</title><p>Your request could not be processed.</p>\n';

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly place: FaultPlace;
}

/**
 * Applies the faults that developers have set. A caller who is not admitted uses up no fault; a fault after the act is
 * applied only where the bank acted, not to a refusal.
 */
@Injectable()
export class FaultInterceptor implements NestInterceptor {
  private readonly logger = new Logger(FaultInterceptor.name);

  constructor(
    private readonly faults: FaultRepository,
    private readonly delays: AnswerDelayService,
    private readonly tokens: TokenRepository,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { tpp } = callOf(context);
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const exchange = { request, reply: http.getResponse<FastifyReply>(), place: placeOf(request, tpp.brand) };
    if (!tpp.isExposedToFaults) return next.handle().pipe(tap(() => this.noteIfCutOff(exchange)));

    const [refused] = await this.take(exchange, 'before', 'ends', 1);
    if (refused) {
      await this.delay(exchange, [refused]);
      return this.end(exchange, refused, { body: undefined });
    }
    const outcome = await outcomeOf(next);
    const late = await this.take(exchange, 'after', 'delays');
    const [ending] = hasActed(outcome) ? await this.take(exchange, 'after', 'ends', 1) : [];
    const altering = hasActed(outcome) && !ending ? await this.take(exchange, 'after', 'alters') : [];
    for (const fault of altering) alter(request, fault);
    if (ending ?? altering.some(({ name }) => name === 'missing_field')) await this.noteLost(request);
    else if (hasActed(outcome)) this.noteIfCutOff(exchange);
    await this.delay(exchange, [...late, ...(ending ? [ending] : altering)]);
    return ending ? this.end(exchange, ending, outcome) : answerWith(outcome);
  }

  /** Notes that the answer of a grant is lost. */
  private async noteLost({ body }: FastifyRequest): Promise<void> {
    const spent = spentBy(body);
    if (spent) await this.tokens.noteLostAnswer(...spent);
  }

  /** Notes the same where the caller disconnects before its answer is sent. A loss after that is not known here. */
  private noteIfCutOff({ request, reply }: Exchange): void {
    const note = (): void => {
      if (reply.raw.writableFinished) return;
      this.noteLost(request).catch((error: unknown) => this.logger.error(error));
    };
    if (request.raw.socket.destroyed) note();
    else reply.raw.once('close', note);
  }

  private async take(
    { place }: Exchange,
    moment: FaultMoment,
    effect: FaultEffect,
    most?: number,
  ): Promise<TakenFault[]> {
    const taken = await this.faults.take(place, faultsAt(moment, effect), most);
    for (const { name } of taken) this.logger.log({ fault: name, brand: place.brand }, 'fault applied');
    return taken;
  }

  private delay({ request }: Exchange, faults: readonly TakenFault[]): Promise<void> {
    return this.delays.wait(Math.max(0, ...faults.map(({ delayMs }) => delayMs ?? 0)), request.raw.socket);
  }

  private end({ request, reply }: Exchange, { name }: TakenFault, outcome: Outcome): Observable<unknown> {
    const { gatewayStatus }: FaultKind = FAULTS[name];
    if (gatewayStatus !== undefined) {
      answerAsGateway(reply, gatewayStatus);
      return of(undefined);
    }
    switch (name) {
      case 'error_500':
      case 'rotate_then_500':
        throw new Refusal(SANDBOX_ERROR.internal);
      case 'error_503':
        throw new Refusal(SANDBOX_ERROR.unavailable);
      case 'broken_json':
        alterAnswer(request.raw, firstHalf);
        return answerWith(outcome);
      default:
        reply.hijack();
        request.raw.socket.destroy();
        return of(undefined);
    }
  }
}

/** Answers with a page, and without the headers of the bank. */
function answerAsGateway(reply: FastifyReply, status: number): void {
  void reply.status(status).hijack();
  reply.raw.writeHead(status, {
    'Content-Type': 'text/html',
    ...(status === 302 && { Location: 'https://gateway.example/maintenance' }),
  });
  reply.raw.end(GATEWAY_PAGE);
}

function placeOf(
  { method, routeOptions, url, body }: FastifyRequest,
  brand: FaultPlace['brand'],
): FaultPlace {
  const grantType =
    typeof body === 'object' && body !== null && 'grant_type' in body ? body.grant_type : undefined;
  return {
    endpoints: spellingsOf(method, routeOptions.url ?? '', url),
    brand,
    grantType: typeof grantType === 'string' ? grantType : undefined,
  };
}

/** The code or refresh token that a call of POST /token spends. */
function spentBy(body: unknown): [GrantType, Secret] | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { grant_type: wanted, code, refresh_token: token } = body as Readonly<Record<string, unknown>>;
  const grantType = GRANT_TYPES.find((each) => each === wanted);
  const value = grantType === 'refresh_token' ? token : code;
  return grantType && typeof value === 'string' ? [grantType, new Secret(value)] : undefined;
}

async function outcomeOf(next: CallHandler): Promise<Outcome> {
  try {
    return { body: await lastValueFrom(next.handle(), { defaultValue: undefined }) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}

/** SCA_REQUIRED is the answer to a payment that was received, and to an authentication that was opened. */
const hasActed = (outcome: Outcome): boolean =>
  'body' in outcome || outcome.refusal.row.code === BANK_ERROR.scaRequired.code;

function answerWith(outcome: Outcome): Observable<unknown> {
  if ('refusal' in outcome) throw outcome.refusal;
  return of(outcome.body);
}

function alter({ raw }: FastifyRequest, { name, field }: TakenFault): void {
  alterAnswer(raw, name === 'missing_field' ? withoutField(field) : withString('expires_in'));
}
