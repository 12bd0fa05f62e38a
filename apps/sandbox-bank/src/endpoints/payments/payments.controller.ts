import { Controller, Delete, Get, HttpStatus, Param, Post, Res } from '@nestjs/common';
import { Call, MachineCall } from '../../machine-api/machine-call.context.js';
import { MachineEndpoint } from '../../machine-api/machine-endpoint.decorator.js';
import { PAYMENT_INITIATION_VERSIONS } from './payment-initiation-versions.js';
import { PaymentInitiationService } from './payment-initiation.service.js';
import {
  PAYMENT_RESOURCE_VERSIONS,
  toDetailsBody,
  toStatusBody,
  type PaymentDetailsBody,
  type PaymentStatusBody,
} from './payment-resource-versions.js';
import { PaymentResourceService } from './payment-resource.service.js';

const RESOURCE = { identifiedBy: 'client_id', versions: PAYMENT_RESOURCE_VERSIONS } as const;

/** The part of the server's reply that a redirect needs. */
interface RedirectingReply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

@Controller('payments/:product')
export class PaymentsController {
  constructor(
    private readonly initiation: PaymentInitiationService,
    private readonly payments: PaymentResourceService,
  ) {}

  /** This answer is that of the oldest version; its known client reads only the header. */
  @Post()
  @MachineEndpoint({ identifiedBy: 'client_id', versions: PAYMENT_INITIATION_VERSIONS })
  async create(
    @Call() call: MachineCall,
    @Param('product') product: string,
    @Res({ passthrough: true }) reply: RedirectingReply,
  ): Promise<{ payment_id: string }> {
    const { url, paymentId } = await this.initiation.initiate(call, product);
    reply.status(HttpStatus.FOUND);
    reply.header('Location', url);
    return { payment_id: paymentId };
  }

  @Get(':id/status')
  @MachineEndpoint(RESOURCE)
  async showStatus(
    @Call() call: MachineCall,
    @Param('product') product: string,
    @Param('id') id: string,
  ): Promise<PaymentStatusBody> {
    return toStatusBody(await this.payments.status(call, { product, id }));
  }

  @Get(':id')
  @MachineEndpoint(RESOURCE)
  async show(
    @Call() call: MachineCall,
    @Param('product') product: string,
    @Param('id') id: string,
  ): Promise<PaymentDetailsBody> {
    return toDetailsBody(await this.payments.details(call, { product, id }));
  }

  @Delete(':id')
  @MachineEndpoint(RESOURCE)
  async cancel(
    @Call() call: MachineCall,
    @Param('product') product: string,
    @Param('id') id: string,
  ): Promise<PaymentStatusBody> {
    return toStatusBody(await this.payments.cancel(call, { product, id }));
  }
}
