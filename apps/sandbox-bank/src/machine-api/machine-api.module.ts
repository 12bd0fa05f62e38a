import { Global, Module } from '@nestjs/common';
import { AnswerDelayService } from './answer-delay.service.js';

/** What the endpoints of all features share, once in a process. */
@Global()
@Module({ providers: [AnswerDelayService], exports: [AnswerDelayService] })
export class MachineApiModule {}
