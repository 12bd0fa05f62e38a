import { Module } from '@nestjs/common';
import { ConsentUriService } from './consent-uri.service.js';

/** The consent URIs of the bank. */
@Module({ providers: [ConsentUriService], exports: [ConsentUriService] })
export class ConsentUriModule {}
