import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.js';
import { AssetsController, LauncherController, VisitController } from './psu-pages.controller.js';
import { DecisionPageService } from './decision-page.service.js';
import { DecisionService } from './decision.service.js';
import { LaunchService } from './launch.service.js';
import { LogInService } from './log-in.service.js';
import { PageSessionRepository } from './page-session.repository.js';
import { VisitService } from './visit.service.js';

@Module({
  imports: [ModelModule],
  controllers: [LauncherController, VisitController, AssetsController],
  providers: [
    LaunchService,
    VisitService,
    LogInService,
    DecisionPageService,
    DecisionService,
    PageSessionRepository,
  ],
})
export class AuthorizeModule {}
