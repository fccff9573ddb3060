import { createHash } from 'node:crypto'

/** A script as Redis knows it. */
export interface SealedScript {
  readonly source: string
  readonly sha: string
}

export function sealed(source: string): SealedScript {
  return { source, sha: createHash('sha1').update(source).digest('hex') }
}
