import { Random } from '../support/random.js';
import { startMarket, type Market } from '../support/market.js';
import { MoneyStory } from './money-story.js';
import { MortalService } from './mortal-service.js';

/** Sequences, and how long each is at least; more of them with `SEQUENCES=50`. */
const SEQUENCES = Number(process.env['SEQUENCES'] ?? 1);
const STEPS = Number(process.env['STEPS'] ?? 16);
const SEED = Number(process.env['SEED'] ?? 1);
/** A sequence goes on for up to so many times its length, until all was killed that it is to kill. */
const LONGER = 6;

/*
 * A real process does all of it, behind a relay that sees its statements: it is killed, or loses its connection, at a
 * statement of its transaction, right before the COMMIT or right after.
 */

let market: Market;
let service: MortalService;

beforeAll(async () => {
  market = await startMarket();
  service = await MortalService.behindTap(market.database);
  await service.revive();
});

afterAll(async () => {
  await service.end();
  await market.close();
});

test.each(Array.from({ length: SEQUENCES }, (_, index) => SEED + index))(
  'whatever is closed, paid, disputed, reversed and killed, in whatever order, everything holds (seed %i)',
  async (seed) => {
    const story = await MoneyStory.begin(market, service, new Random(seed));
    const goesOn = (step: number): boolean =>
      step < STEPS || (story.crashes.missing.length > 0 && step < LONGER * STEPS);
    try {
      for (let step = 0; goesOn(step); step += 1) {
        await story.step();
        await story.check();
      }
    } catch (error) {
      (error as Error).message = `after ${story.told.join(', ')}: ${(error as Error).message}`;
      throw error;
    }
    expect(story.crashes.missing).toEqual([]);
  },
  300_000,
);
