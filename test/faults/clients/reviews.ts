import { judgeSum, type CollectionViolation } from '../judge/collection.ts'
import { Slot } from '../judge/slot.ts'
import { reviewedProducts, type ReviewState } from './catalog.ts'
import { ask, pickProcess, type Answered, type Run } from './client.ts'
import { change } from './shelf-writes.ts'

interface Summary {
  readonly count: number
  readonly averageRating: number | null
  readonly distribution: readonly number[]
}

interface ReviewList {
  readonly totalCount: number
  readonly nodes: readonly { readonly author: string; readonly rating: number; readonly title: string }[]
}

const stars = [1, 2, 3, 4, 5]
const list = '{ totalCount nodes { author rating title } }'
const query = `{ ${reviewedProducts
  .map(
    (id) => `p${id}: product(by: { id: "Product:${id}" }) { reviewSummary { count averageRating distribution }
      newest: reviews(first: 100) ${list} rated: reviews(first: 100, sortKey: RATING) ${list} }`,
  )
  .join(' ')} }`

/** Reads the reviews of the reviewed products, and what they add up to. */
export async function readReviews(run: Run): Promise<void> {
  const answer = await ask(run, pickProcess(run), query, {}, 'reader')
  if ('unsent' in answer) return
  for (const product of reviewedProducts) {
    const shown = (answer.data as Record<string, { reviewSummary: Summary; newest: ReviewList; rated: ReviewList }>)[
      `p${product}`
    ]
    const slots = run.reviews.slots.get(product)
    if (shown === undefined || slots === undefined) continue
    judgeReviews(run, `newest reviews of product ${product}`, slots, shown.newest, null, answer)
    judgeReviews(
      run,
      `rated reviews of product ${product}`,
      slots,
      shown.rated,
      (state) => -(state?.rating ?? 0),
      answer,
    )
    judgeSummary(run, `review summary of product ${product}`, slots, shown.reviewSummary, answer)
  }
}

type Slots = ReadonlyMap<string, Slot<ReviewState | null>>

function judgeReviews(
  { judge }: Run,
  what: string,
  slots: Slots,
  { totalCount, nodes }: ReviewList,
  orderBy: ((state: ReviewState | null) => number) | null,
  answer: Answered,
): void {
  const listed = nodes.map(({ author }) => author)
  judge.noted(what, `read ${totalCount}: ${listed.join(' ')}`, answer)
  const isMember = [(state: ReviewState | null) => state !== null]
  judge.readList(what, slots, { listed, totalCount, isMember, orderBy }, answer)
  for (const { author, rating, title } of nodes) {
    const slot = slots.get(author)
    if (slot === undefined) continue
    judge.noted(author, `read ${rating} "${title}"`, answer)
    judge.readLookup(
      `review of ${author}`,
      author,
      slot,
      answer,
      (state) => state?.rating === rating && state.title === title,
    )
  }
}

function judgeSummary({ judge }: Run, what: string, slots: Slots, summary: Summary, answer: Answered): void {
  const { count, averageRating, distribution } = summary
  const { interval } = answer
  judge.noted(what, `read ${count}, ${averageRating}, ${distribution.join(' ')}`, answer)
  const found = [
    ...judgeSum(slots, interval, count, 'the count', (state) => (state === null ? 0 : 1)),
    ...stars.flatMap((rating) =>
      judgeSum(slots, interval, distribution[rating - 1] ?? 0, `the count of ${rating} stars`, (state) =>
        state?.rating === rating ? 1 : 0,
      ),
    ),
    ...disagreements(summary),
  ]
  judge.readCollection('sum', what, found, answer)
}

/** The three parts of a summary are one entry, so they agree whenever it was read. */
function disagreements({ count, averageRating, distribution }: Summary): CollectionViolation[] {
  const total = distribution.reduce((sum, each) => sum + each, 0)
  const average = total === 0 ? null : distribution.reduce((sum, each, i) => sum + each * (i + 1), 0) / total
  const same = average === null ? averageRating === null : Math.abs((averageRating ?? 0) - average) < 1e-6
  if (total === count && same) return []
  return [
    {
      kind: 'WRONG SUM',
      message: `count, average and distribution do not agree: ${count}, ${averageRating}, ${distribution.join(' ')}`,
      names: [],
    },
  ]
}

const errors = 'userErrors { code message }'
const create = `mutation ($product: ID!, $input: ReviewCreateInput!) { reviewCreate(product: $product, input: $input) { review { id } ${errors} } }`
const update = `mutation ($id: ID!, $input: ReviewUpdateInput!) { reviewUpdate(id: $id, input: $input) { review { id } ${errors} } }`
const remove = `mutation ($id: ID!) { reviewDelete(id: $id) { deletedId ${errors} } }`
const mostReviews = 15

/** Writes, changes or deletes a review, which nobody else changes meanwhile. */
export async function writeReview(run: Run): Promise<void> {
  const { random, reviews } = run
  const product = random.pick(reviewedProducts)
  const slots = reviews.slots.get(product)
  if (slots === undefined) return
  const free = [...slots].filter(([author, slot]) => slot.settled && slot.state !== null && reviews.ids.has(author))
  const state: ReviewState = { rating: random.pick(stars), title: run.unique() }
  const { rating, title } = state
  if (free.length === 0 || (free.length < mostReviews && random.chance(0.4))) {
    const author = `author-${run.unique()}`
    const slot = new Slot<ReviewState | null>(null, performance.now())
    slots.set(author, slot)
    const variables = { product: `Product:${product}`, input: { rating, title, body: '', author } }
    const answer = await change(run, author, slot, state, `written with ${rating}`, create, variables)
    const id = (answer as Partial<Answered>).data?.reviewCreate?.review?.id as string | undefined
    if (id !== undefined) reviews.ids.set(author, id)
    return
  }
  const [author, slot] = random.pick(free)
  const id = reviews.ids.get(author) ?? ''
  if (free.length >= mostReviews || random.chance(0.3)) await change(run, author, slot, null, 'deleted', remove, { id })
  else await change(run, author, slot, state, `given ${rating} "${title}"`, update, { id, input: { rating, title } })
}
