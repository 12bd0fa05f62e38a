import { Module } from '@nestjs/common';
import { BankContacts } from './bank-contacts.js';
import { FrontPageController } from './front-page.controller.js';
import { FrontPageService } from './front-page.service.js';

/** Needs `HubFigures` and `GrantEvents` from global modules of the app. */
@Module({ controllers: [FrontPageController], providers: [FrontPageService, BankContacts] })
export class FrontPageModule {}
