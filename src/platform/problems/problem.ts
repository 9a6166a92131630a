/** What a client may be told of one field that is wrong (RFC 9457 extension member `errors`). */
export interface FieldError {
  /** Position of the record in its batch, counted from 0; for streams the line is in `line`. */
  index?: number;
  line?: number;
  /** RFC 6901 JSON Pointer into the request's body, or the name of a parameter after `?`. */
  pointer: string;
  code: string;
  detail: string;
}

export interface ProblemDefinition {
  status: number;
  title: string;
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  retryAfter_s?: number;
  /** Names of the headers that an answer with this problem may have besides. */
  headers?: readonly string[];
}

export interface ProblemExtras {
  errors?: FieldError[];
  /** How many errors there are, when `errors` lists only the first. */
  errorCount?: number;
  /** Values of headers that the definition names. */
  headers?: Record<string, string>;
}

/** An expected failure with a stable code; the HTTP filter renders it as a problem document. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly definition: ProblemDefinition,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
  }
}

type ProblemFactory = (detail: string, extras?: ProblemExtras) => Problem;

const catalogue = new Map<string, ProblemDefinition>();

/**
 * Declares a room's problems, one record a room, and gives a factory for each code.
 * The same code may not be declared twice: a code means one thing in the whole API.
 */
export function defineProblems<Code extends string>(
  definitions: Record<Code, ProblemDefinition>,
): Record<Code, ProblemFactory> {
  const factories = {} as Record<Code, ProblemFactory>;
  for (const [code, definition] of Object.entries(definitions) as [Code, ProblemDefinition][]) {
    if (catalogue.has(code)) throw new Error(`problem code ${code} is declared twice`);
    catalogue.set(code, definition);
    factories[code] = (detail, extras) => new Problem(code, definition, detail, extras);
  }
  return factories;
}

/** Every declared problem, for the page that documents their `type` URIs. */
export function problemCatalogue(): ReadonlyMap<string, ProblemDefinition> {
  return catalogue;
}
