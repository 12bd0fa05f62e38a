import { Global, Module } from '@nestjs/common';
import { HeldAnswers } from './held-answers.js';

/** What the endpoints of all features share, once in a process. */
@Global()
@Module({ providers: [HeldAnswers], exports: [HeldAnswers] })
export class MachineApiModule {}
