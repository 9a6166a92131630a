import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { httpProblems } from './problems.js';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;
const CURSOR_LENGTH_MAX = 1024;

/** Opaque to clients. */
const EXAMPLE_CURSOR = 'WyIwMTlhN2QzYy01ZTgwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEiXQ';

/** The values by which a list is sorted, of its last row; strings and integers survive the trip. */
export type CursorKey = readonly (string | number)[];

/** The query of every list: extend it for a list's own filters. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
    description: 'How many rows a page has at most',
    example: LIMIT_DEFAULT,
  })
  @Transform(({ value }) => wholeNumber(value))
  @IsInt({ message: `must be a whole number from 1 to ${LIMIT_MAX}` })
  @Min(1, { message: `must be a whole number from 1 to ${LIMIT_MAX}` })
  @Max(LIMIT_MAX, { message: `must be a whole number from 1 to ${LIMIT_MAX}` })
  limit: number = LIMIT_DEFAULT;

  @ApiPropertyOptional({
    type: String,
    maxLength: CURSOR_LENGTH_MAX,
    description: '`nextCursor` of the page before',
    example: EXAMPLE_CURSOR,
  })
  @IsOptional()
  @IsString({ message: 'must be the nextCursor of the page before' })
  @MaxLength(CURSOR_LENGTH_MAX, { message: 'must be the nextCursor of the page before' })
  cursor?: string;
}

/** One page of a list. `nextCursor` is null on the last one. */
export interface Page<Row> {
  data: Row[];
  nextCursor: string | null;
}

/**
 * Makes a page of the rows that were fetched. Fetch `limit + 1`: the one too many tells that there is more.
 * `keyOf` gives the sort key of a row, unique in the list, from which the next page goes on.
 */
export function page<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => CursorKey): Page<Row> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: rows.length > limit && last ? writeCursor(keyOf(last)) : null };
}

/** The same page with its rows rendered. */
export function mapPage<Row, Shown>(from: Page<Row>, show: (row: Row) => Shown): Page<Shown> {
  return { data: from.data.map((row) => show(row)), nextCursor: from.nextCursor };
}

/** The opaque text of a sort key. */
export function writeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The sort key inside a cursor, or null when there is none. `check` says for each value whether it can be
 * what the list sorts by, so that a made-up cursor is a 400 and never reaches SQL.
 */
export function readCursor<Key extends CursorKey>(
  cursor: string | undefined,
  check: { [Index in keyof Key]: (value: unknown) => boolean },
): Key | null {
  if (cursor === undefined) return null;
  const key = parseKey(cursor);
  const checks = check as readonly ((value: unknown) => boolean)[];
  const valid = key !== null && key.length === checks.length && checks.every((test, at) => test(key[at]));
  if (!valid) throw httpProblems.invalid_cursor('The cursor is not the nextCursor of a page of this list.');
  return key as unknown as Key;
}

function parseKey(cursor: string): unknown[] | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(key) ? key : null;
  } catch {
    return null;
  }
}

function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** The OpenAPI schema of a page: `class ThingPage extends PageOf(Thing) {}`. */
export function PageOf<Row>(row: new () => Row): new () => Page<Row> {
  class PageOfRows implements Page<Row> {
    @ApiProperty({ type: [row] })
    data: Row[];

    @ApiProperty({
      type: String,
      nullable: true,
      description: 'The `cursor` of the next page, if there is one',
      example: null,
    })
    nextCursor: string | null;
  }
  return PageOfRows;
}
