import type { Outcome } from '../judge/row.ts'
import { Slot } from '../judge/slot.ts'
import { shelfSize, shelves, type ShelfProduct } from './catalog.ts'
import { ask, outcomeOf, pickProcess, type Answered, type Run, type Unanswered } from './client.ts'

const errors = 'userErrors { code message }'
const create = `mutation ($input: ProductCreateInput!) { productCreate(input: $input) {
  product { id variants(first: 1) { nodes { id } } } ${errors} } }`
const remove = `mutation ($id: ID!) { productDelete(id: $id) { deletedId ${errors} } }`
const update = `mutation ($id: ID!, $input: ProductUpdateInput!) { productUpdate(id: $id, input: $input) { product { id } ${errors} } }`
const updateVariant = `mutation ($id: ID!, $input: VariantUpdateInput!) { variantUpdate(id: $id, input: $input) { variant { id } ${errors} } }`
const adjust = `mutation ($id: ID!, $delta: Int!) { inventoryAdjust(variant: $id, delta: $delta) { variant { id } ${errors} } }`
const move = `mutation ($id: ID!, $parent: ID!) { categoryUpdate(id: $id, input: { parent: $parent }) { category { id } ${errors} } }`

const product = (id: number): string => `Product:${id}`
const variant = (id: number): string => `ProductVariant:${id}`
const category = (id: number): string => `Category:${id}`

/** Changes one thing about the shelves: a product, which nobody else changes meanwhile, or the place of a category. */
export async function writeShelf(run: Run): Promise<void> {
  const { random, shelf } = run
  if (random.chance(0.08) && shelf.wandering.settled) return wander(run)
  const { free } = shelf
  if (free.length < shelfSize && random.chance(0.6)) return createProduct(run)
  if (free.length > 0) await changeProduct(run, random.pick(free))
}

async function createProduct(run: Run): Promise<void> {
  const { random, shelf } = run
  const slug = `shelf-${run.unique()}`
  const state: ShelfProduct = {
    title: run.unique(),
    price: random.int(1, 999),
    inStock: random.chance(0.7),
    sku: `sku-${run.unique()}`,
    categories: somewhere(run),
  }
  const slot = new Slot<ShelfProduct | null>(null, performance.now())
  shelf.slots.set(slug, slot)
  shelf.skus.set(state.sku, slug)
  // so that its absence has been cached somewhere
  await ask(
    run,
    pickProcess(run),
    `{ a: product(by: { slug: "${slug}" }) { id } b: product(by: { sku: "${state.sku}" }) { id } }`,
    {},
    'reader',
  )
  const input = {
    slug,
    title: state.title,
    categories: state.categories.map(category),
    variants: [{ sku: state.sku, price: money(state.price), quantityAvailable: state.inStock ? 1 : 0 }],
  }
  const answer = await change(run, slug, slot, state, 'created', create, { input })
  slot.created = answer.interval
  const made = (answer as Partial<Answered>).data?.productCreate?.product as {
    id: string
    variants: { nodes: { id: string }[] }
  } | null
  if (made) shelf.ids.set(slug, { id: numberOf(made.id), variant: numberOf(made.variants.nodes[0]?.id ?? '') })
}

async function changeProduct(run: Run, slug: string): Promise<void> {
  const { random, shelf } = run
  const slot = shelf.slots.get(slug)
  const ids = shelf.ids.get(slug)
  const state = slot?.state
  if (slot === undefined || ids === undefined || state === undefined || state === null) return
  switch (random.int(0, 5)) {
    case 0:
      await change(run, slug, slot, null, 'deleted', remove, { id: product(ids.id) })
      return
    case 1: {
      const title = run.unique()
      await change(run, slug, slot, { ...state, title }, `titled ${title}`, update, {
        id: product(ids.id),
        input: { title },
      })
      return
    }
    case 2: {
      const price = random.int(1, 999)
      const input = { price: money(price) }
      await change(run, slug, slot, { ...state, price }, `priced ${price}`, updateVariant, {
        id: variant(ids.variant),
        input,
      })
      return
    }
    case 3: {
      const next = { ...state, inStock: !state.inStock }
      const delta = state.inStock ? -1 : 1
      await change(run, slug, slot, next, state.inStock ? 'sold out' : 'restocked', adjust, {
        id: variant(ids.variant),
        delta,
      })
      return
    }
    case 4: {
      const sku = `sku-${run.unique()}`
      shelf.skus.set(sku, slug)
      const input = { sku }
      await change(run, slug, slot, { ...state, sku }, `given sku ${sku}`, updateVariant, {
        id: variant(ids.variant),
        input,
      })
      return
    }
    default: {
      const categories = somewhere(run)
      const input = { categories: categories.map(category) }
      await change(run, slug, slot, { ...state, categories }, `moved to ${categories.join(' and ')}`, update, {
        id: product(ids.id),
        input,
      })
    }
  }
}

async function wander(run: Run): Promise<void> {
  const { wandering } = run.shelf
  const parent = wandering.state === shelves.top ? shelves.other : shelves.top
  const variables = { id: category(shelves.wandering), parent: category(parent) }
  await change(run, 'faults', wandering, parent, `category ${shelves.wandering} moved below ${parent}`, move, variables)
}

/** Makes a change of a slot, from its begin to its end. */
export async function change<State>(
  run: Run,
  name: string,
  slot: Slot<State>,
  state: State,
  what: string,
  mutation: string,
  variables: object,
): Promise<Answered | Unanswered> {
  const process = pickProcess(run)
  const begun = performance.now()
  slot.begin(state, begun, process.name)
  run.judge.history.note(name, begun, `to be ${what}, asked of ${process.name}`)
  const answer = await ask(run, process, mutation, variables, 'writer')
  const outcome: Outcome = outcomeOf(run, answer)
  slot.end(outcome, answer.interval.ended)
  run.judge.noted(name, `${what}: ${outcome}`, answer)
  return answer
}

function somewhere({ random }: Run): number[] {
  return random.some(Object.values(shelves), random.int(1, 2))
}

function money(amount: number): { amount: string; currencyCode: string } {
  return { amount: `${amount}.00`, currencyCode: 'USD' }
}

function numberOf(id: string): number {
  return Number(id.split(':')[1])
}
