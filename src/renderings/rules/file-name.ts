/** Characters that mean nothing to any shell, file system or header. */
const UNSAFE = /[^A-Za-z0-9._-]+/g;
const NAME_MAX = 150;

/** A safe file name of parts, such as `alpha-beta-0007-credits-alpha.csv`, whatever the parts contain. */
export function fileName(parts: readonly string[], extension: string): string {
  const stem = parts
    .map((part) => part.normalize('NFKD').replace(UNSAFE, '_'))
    .join('-')
    .replace(/^[.-]+/, '_')
    .slice(0, NAME_MAX);
  return `${stem || '_'}.${extension}`;
}

/** The header that has a browser save a download under a name (RFC 6266); the name is safe already. */
export function contentDisposition(name: string): string {
  return `attachment; filename="${name}"`;
}
