import type { Kind } from '../../cache/index.ts'
import type { Reader } from '../reader.ts'
import { encodeCursor } from './cursor.ts'
import type { List, ListEntry, ListPage } from './list.ts'
import type { Position } from './order.ts'

export interface Edge<Row> {
  readonly cursor: string
  readonly node: Row
}

export interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}

/** Where a connection reads its pages, its total and its rows. */
export interface ConnectionSource<Row> {
  readonly pages: Kind<ListPage, ListEntry>
  readonly counts: Kind<List, number>
  readonly rows: Kind<number, Row>
  /** Whether a row read after its list still belongs to it, as far as the row itself can tell. */
  accepts(row: Row): boolean
}

/**
 * One page of a list, in the form of Relay's connections. GraphQL calls the methods that a query selects, so a page is
 * read only where it is asked for, and the total only where it is.
 */
export class Connection<Row> {
  readonly #reader: Reader
  readonly #source: ConnectionSource<Row>
  readonly #field: string
  readonly #request: ListPage | null
  #page: Promise<{ entry: ListEntry; placed: Placed<Row>[] }> | undefined

  /** @param request null for a list that cannot hold anything, which is not worth a question. */
  constructor(reader: Reader, source: ConnectionSource<Row>, field: string, request: ListPage | null) {
    this.#reader = reader
    this.#source = source
    this.#field = field
    this.#request = request
  }

  async nodes(): Promise<Row[]> {
    const { placed } = await this.#read()
    return placed.map(({ row }) => row)
  }

  async edges(): Promise<Edge<Row>[]> {
    const { placed } = await this.#read()
    return placed.map(({ row, position }) => ({ node: row, cursor: this.#cursor(position) }))
  }

  async pageInfo(): Promise<PageInfo> {
    const { entry, placed } = await this.#read()
    const start = placed.at(0)
    const end = placed.at(-1)
    return {
      hasNextPage: entry.hasNextPage,
      hasPreviousPage: entry.hasPreviousPage,
      startCursor: start === undefined ? null : this.#cursor(start.position),
      endCursor: end === undefined ? null : this.#cursor(end.position),
    }
  }

  async totalCount(): Promise<number> {
    if (this.#request === null) return 0
    return (await this.#reader.read(this.#source.counts, this.#request.list)) ?? 0
  }

  #read(): Promise<{ entry: ListEntry; placed: Placed<Row>[] }> {
    this.#page ??= this.#place()
    return this.#page
  }

  /**
   * The list and its rows are entries of their own, read one after the other. Where a write came between the two, a
   * listed row may be gone or no longer match: then the list is read again from the database, once, and what still does
   * not fit drops out.
   */
  async #place(): Promise<{ entry: ListEntry; placed: Placed<Row>[] }> {
    const request = this.#request
    if (request === null) return { entry: emptyEntry, placed: [] }
    const entry = (await this.#reader.read(this.#source.pages, request)) ?? emptyEntry
    const placed = await this.#rows(entry)
    if (placed.length === entry.items.length) return { entry, placed }
    const current = (await this.#reader.reread(this.#source.pages, request)) ?? emptyEntry
    return { entry: current, placed: await this.#rows(current) }
  }

  async #rows(entry: ListEntry): Promise<Placed<Row>[]> {
    const rows = await Promise.all(entry.items.map((position) => this.#reader.read(this.#source.rows, idOf(position))))
    return entry.items.flatMap((position, i) => {
      const row = rows[i]
      return row === null || row === undefined || !this.#source.accepts(row) ? [] : [{ position, row }]
    })
  }

  #cursor(position: Position): string {
    return this.#request === null ? '' : encodeCursor(this.#field, this.#request.order, position)
  }
}

interface Placed<Row> {
  readonly position: Position
  readonly row: Row
}

const emptyEntry: ListEntry = { items: [], hasNextPage: false, hasPreviousPage: false }

/** Every order ends with the row's id. */
function idOf(position: Position): number {
  return Number(position.at(-1))
}
