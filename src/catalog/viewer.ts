import type { ProductStatus } from '../generated/graphql.ts'

export type Scope = 'catalog:write' | 'reviews:write' | 'catalog:trace'

/** Who asks, as far as the catalog cares. */
export interface Viewer {
  /** Whether the request says who asks. */
  readonly authenticated: boolean
  /** Who that is, for limits; null where nobody said. */
  readonly subject: string | null
  readonly scopes: ReadonlySet<Scope>
}

/** Whether a viewer may see products of this status. Readers see what is on sale. */
export function maySee(viewer: Viewer, status: ProductStatus): boolean {
  return status === 'ACTIVE' || viewer.scopes.has('catalog:write')
}

/** What a filter by status comes down to for a viewer; a null status asks for everything that they may see. */
export function visibleStatus(viewer: Viewer, status: ProductStatus | null): ProductStatus | 'ANY' | 'NONE' {
  if (status !== null) return maySee(viewer, status) ? status : 'NONE'
  return viewer.scopes.has('catalog:write') ? 'ANY' : 'ACTIVE'
}
