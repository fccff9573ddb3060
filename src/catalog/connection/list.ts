import {
  bool,
  int,
  list as listOf,
  named,
  object,
  shape,
  type KindDefinition,
  type ValueOf,
} from '../../cache/index.ts'
import { countQuestion, pageQuestion, readPageAnswer, type Selection } from './list-sql.ts'
import type { Order, Position } from './order.ts'
import { pageName, type Page } from './page.ts'
import { askAll, type RawClient } from './sql-batch.ts'

/** The whole of a list: which rows, and the groups whose eviction voids what was cached of it. */
export interface List {
  /** What is listed, in canonical form: equal lists have equal names. */
  readonly name: string
  readonly selection: Selection
  /** Groups that a change of the list's membership evicts. */
  readonly groups: readonly string[]
}

/** One page of a list in one order. */
export interface ListPage {
  readonly list: List
  readonly order: Order
  /** Groups that a change of the order alone evicts. */
  readonly orderGroups: readonly string[]
  readonly page: Page
}

const entryShape = shape(
  1,
  object({ items: listOf(named<Position>('segment, key, id')), hasNextPage: bool, hasPreviousPage: bool }),
)
/** A page as it is cached: the rows' positions, ids last. The rows have entries of their own. */
export type ListEntry = ValueOf<typeof entryShape>

/** The kind of the pages of some noun's lists; any number of pages are loaded by one statement. */
export function listKind(name: string, prisma: RawClient): KindDefinition<ListPage, ListEntry> {
  return {
    name,
    shape: entryShape,
    key: ({ list: { name: listName }, order, page }) => [listName, order.name, pageName(page)],
    groups: ({ list, orderGroups }) => [...list.groups, ...orderGroups],
    load: async (pages) => {
      const questions = pages.map(({ list, order, page }) => pageQuestion(list.selection, order, page))
      const answers = await askAll(prisma, questions)
      return pages.map(({ page }, i) => entryOf(answers[i], page))
    },
  }
}

/** The kind of the total counts of some noun's lists. */
export function countKind(name: string, prisma: RawClient): KindDefinition<List, number> {
  return {
    name,
    shape: shape(1, int),
    key: (list) => [list.name],
    groups: (list) => list.groups,
    load: async (lists) => {
      const answers = await askAll(
        prisma,
        lists.map((list) => countQuestion(list.selection)),
      )
      return answers.map(Number)
    },
  }
}

function entryOf(answer: unknown, page: Page): ListEntry {
  const { items, more, earlier, later } = readPageAnswer(answer, page)
  return {
    items,
    hasNextPage: page.backward ? later : more || later,
    hasPreviousPage: page.backward ? more || earlier : earlier,
  }
}
