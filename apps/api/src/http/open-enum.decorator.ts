import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

/** A text of an answer whose known values are listed and may grow: clients accept unknown ones. */
export const OpenEnum = (
  values: readonly string[],
  options: { example?: string; nullable?: true } = {},
) =>
  ApiProperty({
    type: String,
    example: options.nullable ? null : values[0],
    ...options,
    'x-extensible-enum': values,
  } as ApiPropertyOptions);

/** Several such texts. */
export const OpenEnums = (values: readonly string[]) =>
  ApiProperty({
    type: 'array',
    example: values,
    items: { type: 'string', 'x-extensible-enum': values },
  } as ApiPropertyOptions);
