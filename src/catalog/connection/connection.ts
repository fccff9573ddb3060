import type { Kind } from '../../cache/index.ts'
import { allRead, whenRead, type Maybe } from '../maybe.ts'
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
  #page: Maybe<Page<Row>> | undefined

  /** @param request null for a list that cannot hold anything, which is not worth a question. */
  constructor(reader: Reader, source: ConnectionSource<Row>, field: string, request: ListPage | null) {
    this.#reader = reader
    this.#source = source
    this.#field = field
    this.#request = request
  }

  nodes(): Maybe<Row[]> {
    return whenRead(this.#read(), ({ placed }) => placed.map(({ row }) => row))
  }

  edges(): Maybe<Edge<Row>[]> {
    return whenRead(this.#read(), ({ placed }) =>
      placed.map(({ row, position }) => ({ node: row, cursor: this.#cursor(position) })),
    )
  }

  pageInfo(): Maybe<PageInfo> {
    return whenRead(this.#read(), ({ entry, placed }) => {
      const start = placed.at(0)
      const end = placed.at(-1)
      return {
        hasNextPage: entry.hasNextPage,
        hasPreviousPage: entry.hasPreviousPage,
        startCursor: start === undefined ? null : this.#cursor(start.position),
        endCursor: end === undefined ? null : this.#cursor(end.position),
      }
    })
  }

  totalCount(): Maybe<number> {
    if (this.#request === null) return 0
    return whenRead(this.#reader.read(this.#source.counts, this.#request.list), (count) => count ?? 0)
  }

  #read(): Maybe<Page<Row>> {
    this.#page ??= this.#place()
    return this.#page
  }

  /**
   * The list and its rows are entries of their own, read one after the other. Where a write came between the two, a
   * listed row may be gone or no longer match: then the list is read again from the database, once, and what still does
   * not fit drops out.
   */
  #place(): Maybe<Page<Row>> {
    const request = this.#request
    if (request === null) return { entry: emptyEntry, placed: [] }
    return whenRead(this.#reader.read(this.#source.pages, request), (found) => {
      const entry = found ?? emptyEntry
      return whenRead(this.#rows(entry), (placed) =>
        placed.length === entry.items.length ? { entry, placed } : this.#placeAgain(request),
      )
    })
  }

  async #placeAgain(request: ListPage): Promise<Page<Row>> {
    const entry = (await this.#reader.reread(this.#source.pages, request)) ?? emptyEntry
    return { entry, placed: await this.#rows(entry) }
  }

  #rows({ items }: ListEntry): Maybe<Placed<Row>[]> {
    const read = allRead(items.map((position) => this.#reader.read(this.#source.rows, idOf(position))))
    return whenRead(read, (rows) => {
      const placed: Placed<Row>[] = []
      rows.forEach((row, i) => {
        const position = items[i]
        if (row !== null && position !== undefined && this.#source.accepts(row)) placed.push({ position, row })
      })
      return placed
    })
  }

  #cursor(position: Position): string {
    return this.#request === null ? '' : encodeCursor(this.#field, this.#request.order, position)
  }
}

/** A page with the rows that were found for it. */
interface Page<Row> {
  readonly entry: ListEntry
  readonly placed: readonly Placed<Row>[]
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
