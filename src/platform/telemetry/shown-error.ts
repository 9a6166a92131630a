/** An error as a log may show it. */
export interface ShownError {
  type: string;
  message: string;
  stack?: string | undefined;
  code?: string;
  table?: string;
  constraint?: string;
  cause?: ShownError;
}

const CAUSES_MAX = 5;

/**
 * What a log line says of an error: where it came from, and none of the data that it was about. PostgreSQL's
 * errors quote rows in `detail`, `where` and the query, and values in the message: customers, references, texts.
 */
export function showError(error: unknown, depth = 0): ShownError {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something else than an error was thrown' };
  const { code, table, constraint, cause } = error as Error & Record<string, unknown>;
  const message = withoutData(error);
  return {
    type: error.name === 'error' ? 'DatabaseError' : error.name,
    message,
    stack: error.stack?.replace(error.message, () => message),
    ...(typeof code === 'string' && { code }),
    ...(typeof table === 'string' && { table }),
    ...(typeof constraint === 'string' && { constraint }),
    ...(cause instanceof Error && depth < CAUSES_MAX && { cause: showError(cause, depth + 1) }),
  };
}

/** PostgreSQL puts values, like names of its own, in double quotes; table and constraint come apart from these. */
function withoutData(error: Error): string {
  const isFromPostgres = 'severity' in error && 'routine' in error;
  return isFromPostgres ? error.message.replace(/"[^]*"/g, '"..."') : error.message;
}
