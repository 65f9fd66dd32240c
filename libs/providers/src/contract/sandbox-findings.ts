/** What the sandbox caught itself or its clients at. */
export interface SandboxFinding {
  kind: string;
  call: string | null;
  says: string;
}

/** Asks a running sandbox. */
export async function findingsOf(url: URL | string): Promise<SandboxFinding[]> {
  const answer = await fetch(new URL('/_sandbox/findings', url), {
    signal: AbortSignal.timeout(10_000),
  });
  return ((await answer.json()) as { findings: SandboxFinding[] }).findings;
}

/** @throws Error that names every finding, or says why the sandbox could not be asked */
export function requireNone(findings: readonly SandboxFinding[] | string): void {
  if (findings.length === 0) return;
  const lines =
    typeof findings === 'string'
      ? [`It did not answer: ${findings}`]
      : findings.map(({ kind, call, says }) => `${kind} at ${call ?? 'its own time'}: ${says}`);
  throw new Error(`The sandbox found what no provider allows.\n${lines.join('\n')}`);
}
