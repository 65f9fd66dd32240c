const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const counterDigits = 8;

/** Ids that are the same on every run with the same seed: a counter, then characters drawn from the seed. */
export class Identifiers {
  private count = 0;

  constructor(private readonly seed: number) {}

  next(prefix: string, randomLength = 16): string {
    this.count += 1;
    return `${prefix}_${this.count.toString(36).padStart(counterDigits, '0')}${this.draw(randomLength)}`;
  }

  /** The same in capitals and digits alone, without a prefix. */
  plain(length = 17): string {
    this.count += 1;
    const counter = this.count.toString(36).padStart(counterDigits, '0');
    return (counter + this.draw(length - counterDigits)).toUpperCase();
  }

  /** Goes on after an id that is already in use, as read back from a state file. */
  resumeAfter(id: string): void {
    const start = id.search(/[_-]/) + 1;
    const digits = id.slice(start, start + counterDigits);
    const count = Number.parseInt(digits, 36);
    if (Number.isSafeInteger(count)) this.count = Math.max(this.count, count);
  }

  private draw(length: number): string {
    let state = Math.imul(this.seed ^ Math.imul(this.count, 0x9e3779b1), 0x85ebca6b) >>> 0;
    let text = '';
    for (let position = 0; position < length; position += 1) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      text += alphabet[((mixed ^ (mixed >>> 14)) >>> 0) % alphabet.length];
    }
    return text;
  }
}
