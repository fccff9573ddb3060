import type { CatalogKinds } from './kinds.ts'
import type { Reader } from './reader.ts'
import type { Viewer } from './viewer.ts'

/** What every resolver of the catalog works with. */
export interface CatalogContext {
  readonly viewer: Viewer
  readonly reader: Reader
  readonly kinds: CatalogKinds
  /** The currency of price filters that name none. */
  readonly currency: string
  /** Scheme and host under which the client reached this server: `https://shop.example`. Pictures lie under it. */
  readonly origin: string
}
