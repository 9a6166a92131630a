import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';

/**
 * As whom the server runs.
 * - `same`: as this process's own user.
 * - `dropped`: we are root, and give up root for the server (PostgreSQL refuses to run as root).
 * - `mapped`: in a user namespace of its own, where this process's user appears under another number;
 *   the last resort where root may not change users (a container without capabilities) or where the
 *   user has no name in /etc/passwd (`docker run --user 1234`), which initdb insists on.
 */
export interface ServerUser {
  kind: 'same' | 'dropped' | 'mapped';
  uid: number;
  gid: number;
}

/** How to spawn a program as the server's user. */
export interface Launch {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
}

/** Well-known unprivileged names, the most fitting first. No user is created: a start changes no system files. */
const UNPRIVILEGED_NAMES = ['peerledger', 'postgres', '_postgres', 'nobody'];

/** The users to try, best first. `ownedPaths` are looked at first: data keeps the owner it has. */
export function serverUserCandidates(ownedPaths: readonly string[]): ServerUser[] {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const same: ServerUser = { kind: 'same', uid, gid };
  const unprivileged = namedUnprivilegedUser();
  const mapped: ServerUser[] =
    process.platform === 'linux' && unprivileged ? [{ ...unprivileged, kind: 'mapped' }] : [];
  if (uid !== 0) return hasName() ? [same] : [...mapped, same];
  const owner = ownerOf(ownedPaths);
  return [owner, unprivileged].flatMap((user) => (user ? [user] : [])).concat(mapped);
}

/** The command line that runs `command` as this user. */
export function launchAs(user: ServerUser, command: string, args: readonly string[]): Launch {
  switch (user.kind) {
    case 'same':
      return { command, args: [...args] };
    case 'dropped':
      return { command, args: [...args], uid: user.uid, gid: user.gid };
    case 'mapped':
      return {
        command: 'unshare',
        args: ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--', command, ...args],
      };
  }
}

/**
 * How the server names its data directory. A dropped user may be unable to walk to it (a clone by root
 * in a folder of mode 0700), but we enter it while still root, and Linux lets a process name the
 * folder it stands in without walking the path.
 */
export function dataDirArgument(user: ServerUser, clusterDir: string): string {
  return user.kind === 'dropped' && process.platform === 'linux' ? '/proc/self/cwd' : clusterDir;
}

function ownerOf(paths: readonly string[]): ServerUser | null {
  for (const path of paths) {
    try {
      const { uid, gid } = statSync(path);
      if (uid !== 0) return { kind: 'dropped', uid, gid };
    } catch {
      // Not made yet.
    }
  }
  return null;
}

function namedUnprivilegedUser(): ServerUser | null {
  const entries = passwdEntries();
  for (const name of UNPRIVILEGED_NAMES) {
    const entry = entries.get(name);
    if (entry) return { kind: 'dropped', ...entry };
  }
  return null;
}

function passwdEntries(): Map<string, { uid: number; gid: number }> {
  const entries = new Map<string, { uid: number; gid: number }>();
  for (const line of readPasswd().split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && Number(uid) > 0 && Number(gid) > 0) entries.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return entries;
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}
