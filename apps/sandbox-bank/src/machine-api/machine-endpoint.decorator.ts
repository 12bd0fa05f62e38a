import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
import { CallerGuard } from './caller.guard.js';
import { EndpointRoute, type Endpoint } from './endpoint.js';
import { FaultInterceptor } from './fault.interceptor.js';
import { MachineRoute } from './machine-side.js';

/** An endpoint of the bank's API: it answers on the machine ports only, and only to identified TPPs. */
export const MachineEndpoint = (endpoint: Endpoint): MethodDecorator =>
  applyDecorators(
    MachineRoute(),
    EndpointRoute(endpoint),
    UseGuards(CallerGuard),
    UseInterceptors(FaultInterceptor),
  );
