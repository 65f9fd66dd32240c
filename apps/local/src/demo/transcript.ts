import type { Palette, Progress } from '../terminal.js';

/** What one chapter prints. Chapters are played at the same time and are shown one after the other. */
export class Transcript {
  private readonly lines: string[] = [];
  private isShown = false;

  constructor(private readonly progress: Progress) {}

  get palette(): Palette {
    return this.progress.palette;
  }

  print(line: string): void {
    if (this.isShown) this.progress.print(line);
    else this.lines.push(line);
  }

  /** Prints what came so far, and from now on every line at once, until the chapter has ended. */
  async show(title: string, ended: Promise<unknown>): Promise<void> {
    this.isShown = true;
    for (const line of this.lines) this.progress.print(line);
    await this.progress.watch(title, () => ended);
  }
}
