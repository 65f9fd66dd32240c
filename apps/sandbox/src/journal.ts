import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

interface JournalTopic {
  apply(row: unknown): void;
  rows(): Iterable<unknown>;
  clear(): void;
}

/** Thrown for a state file that this program did not write. */
class UnreadableStateError extends Error {
  override readonly name = 'UnreadableStateError';
}

/**
 * The state file: one line of JSON a change, `[topic, row]`, appended before the answer leaves, so that a
 * kill at any moment loses nothing that was answered. Without a path nothing is written.
 */
export class Journal {
  private readonly topics = new Map<string, JournalTopic>();
  private descriptor: number | undefined;

  constructor(private readonly path?: string) {}

  add(name: string, topic: JournalTopic): void {
    this.topics.set(name, topic);
  }

  append(name: string, row: unknown): void {
    if (this.descriptor !== undefined) writeSync(this.descriptor, line(name, row));
  }

  /** Reads the file back into the topics, rewrites it without superseded rows and keeps it open. */
  open(): void {
    if (this.path === undefined) return;
    if (existsSync(this.path)) this.replay(readFileSync(this.path, 'utf8').split('\n'));
    this.rewrite();
  }

  clear(): void {
    for (const topic of this.topics.values()) topic.clear();
    if (this.path !== undefined) this.rewrite();
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private replay(lines: string[]): void {
    for (const [index, text] of lines.entries()) {
      if (text === '') continue;
      const entry = parse(text);
      const topic = entry && this.topics.get(entry[0]);
      if (topic) topic.apply(entry[1]);
      // A kill may tear the last line; anything else unreadable is not ours.
      else if (index < lines.length - 1) {
        throw new UnreadableStateError(
          `line ${index + 1} of ${this.path} is no state of the sandbox`,
        );
      }
    }
  }

  private rewrite(): void {
    this.close();
    const path = this.path as string;
    const lines: string[] = [];
    for (const [name, topic] of this.topics) {
      for (const row of topic.rows()) lines.push(line(name, row));
    }
    writeFileSync(`${path}.new`, lines.join(''), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    this.descriptor = openSync(path, 'a');
  }
}

function line(name: string, row: unknown): string {
  return `${JSON.stringify([name, row])}\n`;
}

function parse(text: string): [string, unknown] | undefined {
  try {
    const entry: unknown = JSON.parse(text);
    return Array.isArray(entry) && typeof entry[0] === 'string' ? [entry[0], entry[1]] : undefined;
  } catch {
    return undefined;
  }
}
