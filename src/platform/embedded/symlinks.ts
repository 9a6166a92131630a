import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

interface LibrarySymlink {
  /** The file, from the package's root. */
  source: string;
  /** The link to it, from the package's root. */
  target: string;
}

/**
 * Makes the links between library versions (ICU, libpq) that npm cannot ship. The package's install
 * script does the same, but `npm ci --ignore-scripts` leaves it out, so each start looks after them.
 * Failures are not reported here: whether the programs run is what counts, and the caller tries that.
 */
export function makeLibrarySymlinks(nativeDir: string): void {
  for (const { source, target } of readSymlinks(nativeDir)) {
    // The paths start with "native/", whatever the folder is called once it is copied.
    const link = join(nativeDir, withoutFirstFolder(target));
    const file = join(nativeDir, withoutFirstFolder(source));
    if (!isInside(nativeDir, link) || !isInside(nativeDir, file) || exists(link)) continue;
    try {
      symlinkSync(relative(dirname(link), file) || basename(file), link);
    } catch {
      // Read-only or made by another start just now.
    }
  }
}

function readSymlinks(nativeDir: string): LibrarySymlink[] {
  try {
    return JSON.parse(readFileSync(join(nativeDir, 'pg-symlinks.json'), 'utf8')) as LibrarySymlink[];
  } catch {
    // Packages for some platforms need no links and have no such file.
    return [];
  }
}

function withoutFirstFolder(path: string): string {
  return path.split('/').slice(1).join('/');
}

function isInside(folder: string, path: string): boolean {
  return resolve(path).startsWith(`${resolve(folder)}/`);
}

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
