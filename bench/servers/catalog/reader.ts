import DataLoader from 'dataloader'
import type { Kind, Load, Rows } from './rows.ts'

/** What one request reads, each kind in batches. */
export class Reader {
  readonly #load: Load
  readonly #loaders = new Map<Kind, DataLoader<number, unknown>>()

  constructor(load: Load) {
    this.#load = load
  }

  read<K extends Kind>(kind: K, id: number): Promise<Rows[K] | null> {
    return this.#loader(kind).load(id)
  }

  readMany<K extends Kind>(kind: K, ids: readonly number[]): Promise<(Rows[K] | null)[]> {
    const loader = this.#loader(kind)
    return Promise.all(ids.map((id) => loader.load(id)))
  }

  #loader<K extends Kind>(kind: K): DataLoader<number, Rows[K] | null> {
    const known = this.#loaders.get(kind)
    if (known !== undefined) return known as DataLoader<number, Rows[K] | null>
    const loader = new DataLoader<number, Rows[K] | null>((ids) => this.#load(kind, ids))
    this.#loaders.set(kind, loader)
    return loader
  }
}
