import type { FastifyReply } from 'fastify';
import { answer, onTo, pageAnswer } from '../../http-api/page-reply.js';
import { CONSOLE_POLICY } from './console-style.js';

/** Answers with a page of the console. */
export const pageReply = (reply: FastifyReply, html: string, status = 200): void =>
  void reply.send(answer(reply, pageAnswer(html, CONSOLE_POLICY, status)));

/** Leads on to another page. */
export const leadTo = (
  reply: FastifyReply,
  location: string,
  headers: Readonly<Record<string, string>> = {},
): void => void reply.send(answer(reply, onTo(location, headers)));
