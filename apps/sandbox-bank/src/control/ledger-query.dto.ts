import { IsNotEmpty, IsOptional, IsString } from 'class-validator';

export class LedgerRequest {
  /** The `state` of a consent URI whose PSU has approved. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  consent?: string;
}
