/** What can keep the embedded PostgreSQL from starting; each code comes with a sentence for the operator. */
export type EmbeddedPostgresErrorCode =
  | 'aborted'
  | 'binaries_missing'
  | 'binaries_unusable'
  | 'cluster_damaged'
  | 'data_dir_in_use'
  | 'data_dir_not_writable'
  | 'disk_full'
  | 'initdb_failed'
  | 'orphan_not_stopped'
  | 'server_start_failed'
  | 'server_start_timeout'
  | 'server_user_missing'
  | 'version_mismatch';

/** An expected failure: `message` is a sentence to show as it is, without a stack trace. */
export class EmbeddedPostgresError extends Error {
  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
  }
}

/** The error code of a failed system call, or an empty string. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP']);
const DISK_FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Turns a failed write under the data directory into a sentence; passes on what it does not know. */
export function explainWriteFailure(error: unknown, dataDir: string): unknown {
  const code = systemCode(error);
  if (error instanceof EmbeddedPostgresError) return error;
  if (DISK_FULL.has(code)) return diskFull(dataDir, code, error);
  return NOT_WRITABLE.has(code) ? notWritable(dataDir, code, error) : error;
}

/** This user may not write the data directory. */
export function notWritable(dataDir: string, detail: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data_dir_not_writable',
    `The data directory "${dataDir}" cannot be written (${detail}). ` +
      'Give this user write access to it, or set DATA_DIR to another folder.',
    { cause },
  );
}

/** The disk under the data directory has no room left. */
export function diskFull(dataDir: string, detail: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'disk_full',
    `There is no space left on the disk of the data directory "${dataDir}" (${detail}). ` +
      'Free some space, or set DATA_DIR to another disk.',
    { cause },
  );
}
