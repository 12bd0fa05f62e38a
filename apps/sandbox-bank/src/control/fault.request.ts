import { BRANDS, GRANT_TYPES, type Brand, type GrantType } from '@consent-hub/psd2-protocol';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { FAULT_NAMES, type FaultName } from '../model/faults/faults.js';

const MOST_TIMES = 1_000_000;
const LONGEST_DELAY_MS = 600_000;

/** A fault to set. */
export class FaultRequest {
  @IsIn(FAULT_NAMES)
  name: FaultName;

  /** Absent: the default endpoint of the fault. */
  @IsOptional()
  @IsString()
  endpoint?: string;

  /** Absent: until it is deleted. */
  @IsOptional()
  @Min(1)
  @Max(MOST_TIMES)
  @IsInt()
  times?: number;

  /** How long the bank waits before it applies the fault. */
  @IsOptional()
  @Min(0)
  @Max(LONGEST_DELAY_MS)
  @IsInt()
  delay_ms?: number;

  /** Absent: every brand. */
  @IsOptional()
  @IsIn(BRANDS)
  brand?: Brand;

  /** Absent: exchanges and refreshes. */
  @IsOptional()
  @IsIn(GRANT_TYPES)
  grant_type?: GrantType;

  /** Which one is missing; absent: the first. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,64}$/, { message: 'must be the name of a field' })
  field?: string;
}

/** Which faults to delete; without a name, all. */
export class FaultQueryRequest {
  @IsOptional()
  @IsIn(FAULT_NAMES)
  name?: FaultName;
}
