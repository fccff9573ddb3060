import type { CatalogKinds } from './kinds.ts'
import type { Reader } from './reader.ts'
import type { Viewer } from './viewer.ts'
import type { Transaction } from './write.ts'

/** What every resolver of the catalog works with. */
export interface CatalogContext {
  readonly viewer: Viewer
  /** What this request has read; another one after every write, so that what is read then is read afresh. */
  readonly reader: Reader
  /** Changes the catalog, as Write says. */
  write<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>
  readonly kinds: CatalogKinds
  /** The currency of price filters that name none. */
  readonly currency: string
  /** Scheme and host under which the client reached this server: `https://shop.example`. Pictures lie under it. */
  readonly origin: string
}
