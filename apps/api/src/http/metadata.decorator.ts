import { buildMessage, ValidateBy } from 'class-validator';

const maxKeys = 50;
const maxKeyLength = 40;
const maxValueLength = 500;

/** A flat object of up to 50 short strings. */
export const IsMetadata = () =>
  ValidateBy({
    name: 'isMetadata',
    validator: {
      validate: isMetadata,
      defaultMessage: buildMessage(
        () =>
          `metadata must be an object of at most ${maxKeys} strings: keys up to ${maxKeyLength} characters, values up to ${maxValueLength}`,
      ),
    },
  });

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= maxKeys &&
    entries.every(
      ([key, member]) =>
        key.length >= 1 &&
        key.length <= maxKeyLength &&
        typeof member === 'string' &&
        member.length <= maxValueLength,
    )
  );
}
