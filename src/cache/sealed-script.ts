import { createHash } from 'node:crypto'

/** A script as Redis knows it. */
export interface SealedScript {
  readonly source: string
  readonly sha: string
}

/** What a script begins with that must succeed when Redis is full, since it frees memory or takes next to none. */
export const allowOom = '#!lua flags=allow-oom\n'

export function sealed(source: string): SealedScript {
  return { source, sha: createHash('sha1').update(source).digest('hex') }
}
