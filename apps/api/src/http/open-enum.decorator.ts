import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

/** A text of an answer whose known values are listed and may grow: clients accept unknown ones. */
export const OpenEnum = (values: readonly string[], options: { example?: string } = {}) =>
  ApiProperty({
    type: String,
    example: values[0],
    ...options,
    'x-extensible-enum': values,
  } as ApiPropertyOptions);
