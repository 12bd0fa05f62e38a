import { SetMetadata, type ExecutionContext } from '@nestjs/common';

/** How an endpoint knows its caller, beside the certificate: by the header `Client-ID`, or by credentials. */
export type Identification = 'client_id' | 'client_credentials';

const IDENTIFICATION = 'identification';

export const IdentifiedBy = (identification: Identification): MethodDecorator =>
  SetMetadata(IDENTIFICATION, identification);

export function identificationOf(context: ExecutionContext): Identification {
  return Reflect.getMetadata(IDENTIFICATION, context.getHandler()) as Identification;
}
