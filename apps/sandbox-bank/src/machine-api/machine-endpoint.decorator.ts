import { applyDecorators, SetMetadata, UseGuards, UseInterceptors } from '@nestjs/common';
import { CallerGuard } from './caller.guard.js';
import { ENDPOINT, type Endpoint } from './endpoint.js';
import { FaultInterceptor } from './fault.interceptor.js';
import { MachineRoute } from './machine-side.js';
import { NeverStored } from './never-stored.js';

/** An endpoint of the bank's API: answers on the machine ports only, and only to a TPP that is who it says it is. */
export const MachineEndpoint = (endpoint: Endpoint): MethodDecorator =>
  applyDecorators(
    MachineRoute(),
    SetMetadata(ENDPOINT, endpoint),
    UseGuards(CallerGuard),
    UseInterceptors(FaultInterceptor),
    ...(endpoint.isNeverStored ? [NeverStored()] : []),
  );
