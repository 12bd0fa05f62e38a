import type { FastifyReply } from 'fastify';
import { CONSOLE_POLICY } from './console-style.js';

/** Answers with a page of the console. */
export const pageReply = (reply: FastifyReply, html: string, status = 200): void =>
  void reply
    .code(status)
    .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CONSOLE_POLICY })
    .send(html);
