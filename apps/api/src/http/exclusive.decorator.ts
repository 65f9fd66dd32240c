import { ValidateBy, type ValidationArguments } from 'class-validator';

/** Refuses a field that is given together with another one. */
export const ExclusiveWith = (other: string): PropertyDecorator =>
  ValidateBy({
    name: 'exclusive',
    validator: {
      validate: (value: unknown, where?: ValidationArguments) => {
        const given: Record<string, unknown> = { ...where?.object };
        return value === null || given[other] === undefined || given[other] === null;
      },
      defaultMessage: (where) => `${where?.property} and ${other} exclude each other`,
    },
  });
