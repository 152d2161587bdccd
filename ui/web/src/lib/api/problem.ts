// Turns any thrown value into a problem that the screens can explain.

import { ClientError } from './client';
import type { Code } from './generated/Code';
import type { Problem } from './generated/Problem';

/** All codes, so that an unknown one becomes `internal` instead of an empty message. */
const codes: Record<Code, true> = {
  superseded: true,
  cancelled: true,
  bad_picture: true,
  unsafe_picture: true,
  too_large: true,
  not_found: true,
  bad_query: true,
  no_catalog: true,
  damaged_catalog: true,
  wrong_model: true,
  camera_none: true,
  camera_denied: true,
  camera_lost: true,
  camera_timeout: true,
  screen_unavailable: true,
  offline: true,
  disk_full: true,
  bad_link: true,
  insecure: true,
  no_code: true,
  tampered: true,
  rollback: true,
  wrong_root: true,
  wrong_catalog: true,
  expired: true,
  newer_format: true,
  device_missing: true,
  metered: true,
  busy: true,
  unsupported: true,
  internal: true,
};

export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ClientError) return thrown.problem;
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) {
    const { code, message } = thrown as { code: unknown; message?: unknown };
    const known = typeof code === 'string' && Object.hasOwn(codes, code);
    return { code: known ? (code as Code) : 'internal', message: String(message ?? '') };
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

export const fail = (code: Code, message: string): never => {
  throw new ClientError({ code, message });
};

/** Whether the shopper need not be told: a newer call replaced this one, or it was cancelled. */
export const isQuiet = (problem: Problem) => problem.code === 'superseded' || problem.code === 'cancelled';
