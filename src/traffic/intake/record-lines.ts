import { trafficProblems } from '../traffic.errors.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;

/** Called with each line that is not empty: its bytes without the line's end, and its number from 1. */
export type TakeLine = (source: Uint8Array, from: number, to: number, line: number) => void;

/** Cuts a stream of bytes into lines. In a quoted format a line end between quotes ends nothing (RFC 4180). */
export class RecordLines {
  private rest: Uint8Array = new Uint8Array(0);
  private line = 1;
  /** In a quoted format: whether what was read so far ends between quotes. */
  private isOpen = false;

  constructor(
    private readonly take: TakeLine,
    private readonly record_bytes_max: number,
    private readonly isQuoted: boolean,
  ) {}

  write(part: Uint8Array): void {
    let from = 0;
    for (let end = this.endOf(part, from); end >= 0; end = this.endOf(part, from)) {
      if (this.rest.length > 0) this.emitJoined(part, end);
      else this.emit(part, from, end);
      from = end + 1;
    }
    // A copy: the part's memory is not ours for longer than this call.
    this.rest = Buffer.concat([this.rest, part.subarray(from)]);
    if (this.rest.length > this.record_bytes_max) throw this.tooLarge();
  }

  /** Takes the last line, which may lack its end. */
  end(): void {
    if (this.rest.length > 0) this.emit(this.rest, 0, this.rest.length);
    this.rest = new Uint8Array(0);
  }

  /** A line that began in parts before this one. */
  private emitJoined(part: Uint8Array, end: number): void {
    const line = Buffer.concat([this.rest, part.subarray(0, end)]);
    this.rest = new Uint8Array(0);
    this.emit(line, 0, line.length);
  }

  private emit(source: Uint8Array, from: number, end: number): void {
    if (end - from > this.record_bytes_max) throw this.tooLarge();
    const to = end > from && source[end - 1] === RETURN ? end - 1 : end;
    const { line } = this;
    this.line += this.isQuoted ? newlinesIn(source, from, end) + 1 : 1;
    if (!isBlank(source, from, to)) this.take(source, from, to, line);
  }

  private endOf(source: Uint8Array, from: number): number {
    if (!this.isQuoted) return source.indexOf(NEWLINE, from);
    for (let at = from; at < source.length; at += 1) {
      if (source[at] === QUOTE) this.isOpen = !this.isOpen;
      else if (source[at] === NEWLINE && !this.isOpen) return at;
    }
    return -1;
  }

  private tooLarge(): Error {
    return trafficProblems.record_too_large(
      `A record has at most ${this.record_bytes_max} bytes; the one in line ${this.line} has more.`,
    );
  }
}

function newlinesIn(source: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = source.indexOf(NEWLINE, from); at >= 0 && at < to; at = source.indexOf(NEWLINE, at + 1))
    count += 1;
  return count;
}

function isBlank(source: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (source[at] !== 0x20 && source[at] !== 0x09) return false;
  return true;
}
