import { Presets, SingleBar } from 'cli-progress';

/** One thing that takes long. */
export interface Step {
  to(done: number, total: number): void;
  /** Ends the step, with a line that says what came of it. */
  end(said: string): void;
}

/** Shows what takes long: with a bar that grows on a terminal, and elsewhere with one line at its end. */
export class Progress {
  private bar: SingleBar | null = null;

  constructor(
    private readonly say: (line: string) => void,
    private readonly isTerminal = process.stderr.isTTY,
  ) {}

  begin(label: string, total: number): Step {
    this.stop();
    if (this.isTerminal) {
      this.bar = new SingleBar(
        {
          format: `  ${label.padEnd(24)} {bar} {percentage}% {value}/{total}`,
          barsize: 40,
          // Signals are the demo's own to handle, and the cursor stays where an interruption leaves it.
          gracefulExit: false,
          hideCursor: false,
        },
        Presets.shades_classic,
      );
      this.bar.start(total, 0);
    }
    return {
      to: (done, of) => {
        this.bar?.setTotal(of);
        this.bar?.update(done);
      },
      end: (said) => {
        this.bar?.update(this.bar.getTotal());
        this.stop();
        this.say(`  ${said}`);
      },
    };
  }

  /** Lets go of an unfinished bar, so that an error gets a line of its own. */
  stop(): void {
    this.bar?.stop();
    this.bar = null;
  }
}
