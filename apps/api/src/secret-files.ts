import { readFileSync } from 'node:fs';

/** An environment, and what is wrong with the files that it names. */
export interface FiledEnvironment {
  environment: NodeJS.ProcessEnv;
  mistakes: string[];
}

/** The environment with the secrets whose files it names in `<NAME>_FILE`. */
export function withSecretFiles(
  environment: NodeJS.ProcessEnv,
  isSecret: (name: string) => boolean,
): FiledEnvironment {
  const filed: FiledEnvironment = { environment: { ...environment }, mistakes: [] };
  for (const [variable, path] of Object.entries(environment)) {
    const name = /^(.+)_FILE$/.exec(variable)?.[1];
    if (!name || !path || !isSecret(name)) continue;
    const { secret, mistake } = environment[name]
      ? {
          secret: undefined,
          mistake: `${name} and ${variable} are both set: one of them is wrong.`,
        }
      : readSecret(variable, path);
    if (mistake) filed.mistakes.push(mistake);
    else filed.environment[name] = secret;
  }
  return filed;
}

function readSecret(variable: string, path: string): { secret?: string; mistake?: string } {
  try {
    const secret = readFileSync(path, 'utf8').trim();
    return secret ? { secret } : { mistake: `${variable} is wrong: ${path} is empty.` };
  } catch {
    return { mistake: `${variable} is wrong: ${path} can't be read.` };
  }
}
