import type { WriteStream } from 'node:tty';

type Paint = (text: string) => string;

export interface Palette {
  bold: Paint;
  dim: Paint;
  green: Paint;
  red: Paint;
  yellow: Paint;
  cyan: Paint;
}

/** Where text goes: process.stdout, or anything like it in a test. */
export type Output = Pick<WriteStream, 'write'> & { isTTY?: boolean };

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const eraseLine = '\r\u001b[2K';

function isLively(output: Output, env: NodeJS.ProcessEnv): boolean {
  return output.isTTY === true && env.TERM !== 'dumb';
}

/** Colours for a terminal, and plain text for a file, a pipe or with NO_COLOR set. */
export function makePalette(output: Output, env: NodeJS.ProcessEnv): Palette {
  const hasColours = isLively(output, env) && !env.NO_COLOR;
  const paint = (code: number, end: number): Paint =>
    hasColours ? (text) => `\u001b[${code}m${text}\u001b[${end}m` : (text) => text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    green: paint(32, 39),
    red: paint(31, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

/** Shows what is being waited for, then one finished line. Without a terminal only the finished line. */
export class Progress {
  readonly palette: Palette;
  private readonly active = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private frame = 0;

  constructor(
    private readonly output: Output,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.palette = makePalette(output, env);
  }

  /** Runs a step under its title; `describe` may add what came out of it. */
  async run<T>(
    title: string,
    step: () => Promise<T>,
    describe?: (result: T) => string,
  ): Promise<T> {
    const startedAt = performance.now();
    this.begin(title);
    try {
      const result = await step();
      const seconds = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
      const note = describe?.(result);
      const { green, dim } = this.palette;
      const tail = note ? `${seconds}  ${note}` : seconds;
      this.end(title, `  ${green('✓')} ${title.padEnd(24)} ${dim(tail)}`);
      return result;
    } catch (error) {
      this.end(title);
      throw error;
    }
  }

  /** Shows that something is under way and prints nothing about it afterwards. */
  async watch<T>(title: string, step: () => Promise<T>): Promise<T> {
    this.begin(title);
    try {
      return await step();
    } finally {
      this.end(title);
    }
  }

  print(line: string): void {
    this.erase();
    this.output.write(`${line}\n`);
  }

  private begin(title: string): void {
    this.active.add(title);
    if (!isLively(this.output, this.env)) return;
    this.timer ??= setInterval(() => this.draw(), 80);
    this.draw();
  }

  private end(title: string, line?: string): void {
    this.active.delete(title);
    this.erase();
    if (line) this.output.write(`${line}\n`);
    if (this.active.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private draw(): void {
    const frame = frames[this.frame++ % frames.length] ?? '';
    const titles = [...this.active].join(', ');
    this.output.write(`${eraseLine}  ${this.palette.cyan(frame)} ${titles}`);
  }

  private erase(): void {
    if (this.timer) this.output.write(eraseLine);
  }
}
