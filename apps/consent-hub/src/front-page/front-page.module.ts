import { Module } from '@nestjs/common';
import { BankContactRecorder } from './bank-contact.recorder.js';
import { FrontPageController } from './front-page.controller.js';
import { FrontPageService } from './front-page.service.js';

/** Needs the port `HubFigures`. */
@Module({ controllers: [FrontPageController], providers: [FrontPageService, BankContactRecorder] })
export class FrontPageModule {}
