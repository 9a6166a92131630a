export type JobState = 'queued' | 'running' | 'completed' | 'failed';

/** Work that outlives a request, as its owners see it. */
export interface JobRow {
  id: string;
  kind: string;
  /** What the work is about; one live job for a kind and subject. */
  subject: string;
  ownerIds: string[];
  state: JobState;
  attempt: number;
  done: number;
  total: number;
  result: Record<string, unknown> | null;
  error: { code: string; detail: string } | null;
  createdAt: Date;
  touchedAt: Date;
}

export const JOB_COLUMNS = `
  id, kind, subject, owner_ids AS "ownerIds", state, attempt, done, total, result, error,
  created_at AS "createdAt", touched_at AS "touchedAt"`;
