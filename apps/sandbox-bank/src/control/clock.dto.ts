import { IsInt, Max, Min } from 'class-validator';

const TEN_YEARS_SECONDS = 315_360_000;

export class ClockRequest {
  @Min(1)
  @Max(TEN_YEARS_SECONDS)
  @IsInt()
  advance_seconds: number;
}
