import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { BRANDS } from '@consent-hub/psd2-protocol';

/** Describes a class that has one property for each brand. */
export const ApiPropertyPerBrand =
  (options: ApiPropertyOptions): ClassDecorator =>
  ({ prototype }) => {
    for (const brand of BRANDS) ApiProperty(options)(prototype as object, brand);
  };
