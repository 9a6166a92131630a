import type { Random } from '../support/random.js';
import type { Crash } from './mortal-service.js';

/** Deeds that move money. */
const MOVING = ['close', 'confirm', 'reverse', 'dispute', 'withdraw', 'consent', 'timeBar', 'void'];

/** So many statements a transaction has until it is known how many. */
const STATEMENTS = 12;

/**
 * Which deeds of a sequence crash, and where. Half of those that move money kill the process once, some after the
 * COMMIT, and in the next seeds the others: four in a row kill all of them both ways. Of all others every second one
 * breaks the connection, and seldom the process.
 */
export class MoneyCrashes {
  private readonly toKill: Map<string, 'early' | 'late'>;
  private readonly lengths = new Map<string, number>();
  private struck: string[] = [];

  constructor(private readonly random: Random) {
    const { seed } = random;
    this.toKill = new Map(
      MOVING.filter((_, at) => (at + seed) % 2 === 0).map((deed, at) => [
        deed,
        (at + Math.floor(seed / 2)) % 2 === 0 ? 'early' : 'late',
      ]),
    );
  }

  /** Those in which a process is still to be killed. */
  get missing(): readonly string[] {
    return [...this.toKill.keys()];
  }

  /** How the deed shall crash, or null for not at all. A connection breaks only where its process is asked again. */
  draw(deed: string, { asksAgain }: { asksAgain: boolean }): Crash | null {
    const { random } = this;
    const kill = this.toKill.get(deed);
    if (kill) return { victim: 'process', point: kill === 'late' ? 'committed' : this.early(deed) };
    if (!asksAgain || !random.once(2)) return null;
    const point = random.once(3) ? 'committed' : this.early(deed);
    return { victim: random.once(20) ? 'process' : 'connection', point };
  }

  /** It crashed as it was to. */
  strike(deed: string, { victim }: Crash): void {
    if (victim === 'process') this.struck.push(deed);
  }

  /** What crashed counts, if it was done in the end: what is refused moves no money. */
  count(isDone: boolean): void {
    if (isDone) for (const deed of this.struck) this.toKill.delete(deed);
    this.struck = [];
  }

  /** How long the deed's transaction was. */
  learn(deed: string, statements: number): void {
    this.lengths.set(deed, statements);
  }

  private early(deed: string): Crash['point'] {
    const { random } = this;
    return random.once(4) ? 'end' : random.below(this.lengths.get(deed) ?? STATEMENTS);
  }
}
