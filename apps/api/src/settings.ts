/** A setting that is missing or wrong. The message names it and says what it should be. */
export class SettingError extends Error {
  override readonly name = 'SettingError';

  /** One sentence for each mistake; several are counted first. */
  static of(mistakes: readonly string[]): SettingError {
    const [only = ''] = mistakes;
    if (mistakes.length < 2) return new SettingError(only);
    const lines = mistakes.map((mistake) => `  ${mistake}`);
    return new SettingError([`${mistakes.length} settings are wrong:`, ...lines].join('\n'));
  }
}

/** How one setting is read from its text, and what the documentation says about it. */
export interface Setting<T> {
  about: string;
  /** What a right value looks like, for errors and for the documentation. */
  form: string;
  /** Text of the default; without one the setting is required. */
  default?: string;
  optional?: boolean;
  /** Also readable from the file that `<NAME>_FILE` names, and never printed. */
  secret?: boolean;
  parse(text: string): T;
}

type Options = { about: string; default?: string; secret?: boolean };

function setting<T>(form: string, parse: (text: string) => T, options: Options): Setting<T> {
  return { form, parse, ...options };
}

function refuse(): never {
  throw new SettingError();
}

export const text = (options: Options): Setting<string> =>
  setting('text', (value) => value || refuse(), options);

export const integer = (
  options: Options & { min: number; max: number; unit?: string },
): Setting<number> => {
  const { min, max, unit } = options;
  const form = `a whole number from ${min} to ${max}${unit ? ` (${unit})` : ''}`;
  const parse = (value: string): number => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : -1;
    return number >= min && number <= max ? number : refuse();
  };
  return setting(form, parse, options);
};

export const oneOf = <const T extends string>(
  choices: readonly T[],
  options: Options,
): Setting<T> =>
  setting(
    choices.join(' | '),
    (value) => choices.find((choice) => choice === value) ?? refuse(),
    options,
  );

export const flag = (options: Options): Setting<boolean> =>
  setting(
    'true | false',
    (value) => (value === 'true' || value === 'false' ? value === 'true' : refuse()),
    options,
  );

export const url = (protocols: readonly string[], options: Options): Setting<string> =>
  setting(
    `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    (value) =>
      URL.canParse(value) && protocols.includes(new URL(value).protocol) ? value : refuse(),
    options,
  );

/** 32 random bytes in base64. */
export const secretKey = (options: Options): Setting<Buffer> =>
  setting('32 bytes in base64', parseKey, { ...options, secret: true });

/** Keys by their id, the first one being the one in use. */
export type Keyring = ReadonlyMap<string, Buffer>;

export const keyring = (options: Options): Setting<Keyring> =>
  setting(
    '<id>:<32 bytes in base64>, comma-separated, each id once, the one in use first',
    (value) => {
      const entries = value.split(',').map((entry): [string, Buffer] => {
        const [id, key] = entry.split(':');
        return id && key && /^[\w-]{1,16}$/.test(id) ? [id, parseKey(key)] : refuse();
      });
      const keys = new Map(entries);
      return keys.size === entries.length ? keys : refuse();
    },
    { ...options, secret: true },
  );

function parseKey(value: string): Buffer {
  const key = Buffer.from(value, 'base64');
  return key.length === 32 ? key : refuse();
}

/** A setting whose form one function knows: `undefined` is a wrong value. */
export const parsed = <T>(
  form: string,
  parse: (value: string) => T | undefined,
  options: Options,
): Setting<T> => setting(form, (value) => parse(value) ?? refuse(), options);

/** Marks a setting that may be absent. */
export const optional = <T>(inner: Setting<T>): Setting<T | undefined> => ({
  ...inner,
  optional: true,
});
