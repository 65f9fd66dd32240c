import 'reflect-metadata';
import { getMetadataStorage } from 'class-validator';
import { AppModule } from '../../apps/api/src/app.module.js';
import type { ApiError } from '../../apps/api/src/errors/api-error.js';
import { RequestPipe } from '../../apps/api/src/http/validation.pipe.js';

type Class = new () => object;

interface Fault {
  name: string;
  message: string;
}

const wrong = [
  -1,
  0.5,
  '',
  ' ',
  'x y',
  'x'.repeat(3000),
  'ftp://x.example',
  {},
  ['a'],
  true,
  { a: 1 },
];

const good =
  /^[a-z_]+(?:\.[a-z0-9_]+)* (?:must be|must not be|is not a known|and [a-z_]+ exclude) /;
const bad = /regular expression|equal to|either object|following values/;

/** Every class that a body or a query is checked against. */
function checkedClasses(): Class[] {
  expect(AppModule).toBeDefined();
  const targets = getMetadataStorage() as unknown as { validationMetadatas: Map<Class, unknown> };
  return [...targets.validationMetadatas.keys()];
}

function fieldsOf(checked: Class): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(checked, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

function isWholeNumber(checked: Class, field: string): boolean {
  const rules = getMetadataStorage().getTargetValidationMetadatas(checked, '', false, false);
  return rules.some(({ propertyName, name }) => propertyName === field && name === 'isInt');
}

async function errorsOf(checked: Class, field: string, value: unknown) {
  const thrown = await new RequestPipe()
    .transform({ [field]: value }, { type: 'body', metatype: checked })
    .then(() => undefined)
    .catch((error: unknown) => error as ApiError);
  return thrown?.details.errors?.filter(({ param }) => param.split('.')[0] === field) ?? [];
}

async function faultsOf(checked: Class, field: string): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const value of wrong) {
    const errors = await errorsOf(checked, field, value);
    faults.push(...errors.map(({ message }) => ({ name: `${checked.name}.${field}`, message })));
  }
  return faults;
}

describe('what is read about a parameter that is refused', () => {
  it('says of every field of every class what is due', async () => {
    const classes = checkedClasses();
    expect(classes.length).toBeGreaterThan(10);
    const faults = [];
    const silent = [];
    for (const checked of classes) {
      for (const field of fieldsOf(checked)) {
        const found = await faultsOf(checked, field);
        if (found.length === 0) silent.push(`${checked.name}.${field}`);
        faults.push(...found);
      }
    }
    expect(silent).toEqual([]);
    const poor = faults.filter(({ message }) => !good.test(message) || bad.test(message));
    expect(poor).toEqual([]);
  });

  it('says of what is no number that it is none, and not that it is too large', async () => {
    const fields = checkedClasses().flatMap((checked) =>
      fieldsOf(checked)
        .filter((field) => isWholeNumber(checked, field))
        .map((field) => ({ checked, field })),
    );
    expect(fields.length).toBeGreaterThan(4);
    for (const { checked, field } of fields) {
      const [error] = await errorsOf(checked, field, 'abc');
      expect(error).toMatchObject({ param: field, code: 'is_int' });
    }
  });
});
