import { applyDecorators, UseGuards } from '@nestjs/common';
import { CallerGuard } from './caller.guard.js';
import { IdentifiedBy, type Identification } from './identification.js';
import { MachineRoute } from './machine-side.js';

/** An endpoint of the bank's API: answers on the machine ports only, and only to a TPP that is who it says it is. */
export const MachineEndpoint = (identification: Identification): MethodDecorator =>
  applyDecorators(MachineRoute(), IdentifiedBy(identification), UseGuards(CallerGuard));
