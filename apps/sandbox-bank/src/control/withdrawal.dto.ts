import { SCOPES, type Scope } from '@consent-hub/psd2-protocol';
import { IsIn, IsOptional, Matches } from 'class-validator';

/** Which consents of a PSU are withdrawn; without either, all. */
export class WithdrawalRequest {
  @IsOptional()
  @IsIn(SCOPES)
  scope?: Scope;

  @IsOptional()
  @Matches(/^[\x20-\x7e]{1,255}$/, { message: 'must be a client id' })
  client_id?: string;
}
