import type { Seen } from '../judge/row.ts'
import { counters, hotCategories, hotProducts, hotVariants } from './catalog.ts'
import { ask, outcomeOf, pickProcess, type Answered, type Run } from './client.ts'

/** A row as an answer shows it; which fields there are tells its type. */
export interface RowFields {
  readonly id: string
  readonly version: number
  readonly title?: string
  readonly variantTitle?: string
  readonly name?: string
  readonly quantityAvailable?: number
  readonly price?: { readonly amount: string }
}

const fields = `__typename
  ... on Product { id version title }
  ... on ProductVariant { id version variantTitle: title price { amount } quantityAvailable }
  ... on Category { id version name }`

const byIds = `query ($ids: [ID!]!) { nodes(ids: $ids) { ${fields} } }`
const byProducts = (ids: readonly number[]): string =>
  `query { ${ids
    .map(
      (id) => `p${id}: product(by: { id: "Product:${id}" }) { id version title
      variants(first: 5) { nodes { id version variantTitle: title price { amount } quantityAvailable } } }`,
    )
    .join(' ')} }`

const variantsOf = (product: number): string[] =>
  [2 * product - 1, 2 * product].map((variant) => `ProductVariant:${variant}`)

const keys = [
  ...hotProducts.map((id) => `Product:${id}`),
  ...[...hotVariants, ...counters].map((id) => `ProductVariant:${id}`),
  ...hotCategories.map((id) => `Category:${id}`),
]

/** A row reduced to what the judge compares. */
export function seenRow({ version, ...row }: RowFields): Seen {
  if (row.name !== undefined) return { version, value: row.name }
  if (row.title !== undefined) return { version, value: row.title }
  return { version, value: variantValue(row.variantTitle ?? '', row.price?.amount ?? '', row.quantityAvailable ?? 0) }
}

export function variantValue(title: string, price: string, quantity: number): string {
  return `${title} at ${price}, ${quantity} left`
}

/** Reads every hot row, by its id or through its product. */
export async function readRows(run: Run): Promise<void> {
  if (run.random.chance(0.5)) {
    const answer = await ask(run, pickProcess(run), byIds, { ids: keys }, 'reader')
    if ('unsent' in answer) return
    const { nodes } = answer.data as { nodes: (RowFields | null)[] }
    keys.forEach((key, i) => judgeRow(run, key, nodes[i] ?? null, answer))
    return
  }
  return readProducts(run, hotProducts)
}

const inARow = 4

/** Reads one hot product with its variants several times, through whichever process: what nobody writes stands meanwhile. */
export async function readAgain(run: Run): Promise<void> {
  const id = run.random.pick(hotProducts)
  for (let i = 0; i < inARow; i += 1) await readProducts(run, [id])
}

async function readProducts(run: Run, ids: readonly number[]): Promise<void> {
  const answer = await ask(run, pickProcess(run), byProducts(ids), {}, 'reader')
  if ('unsent' in answer) return
  const products = answer.data as Record<string, (RowFields & { variants: { nodes: RowFields[] } }) | null>
  for (const id of ids) {
    const product = products[`p${id}`] ?? null
    judgeRow(run, `Product:${id}`, product, answer)
    const variants = new Map(product?.variants.nodes.map((variant) => [variant.id, variant]))
    for (const key of variantsOf(id)) judgeRow(run, key, variants.get(key) ?? null, answer)
  }
}

function judgeRow({ judge }: Run, key: string, row: RowFields | null, answer: Answered): void {
  if (row === null) return judge.missing(key, answer)
  judge.readRow(key, seenRow(row), answer)
  if (row.quantityAvailable !== undefined) judge.readCounter(key, row.quantityAvailable, answer)
}

const rename = `mutation ($id: ID!, $title: String!) { productUpdate(id: $id, input: { title: $title }) {
  product { id version title } userErrors { code message } } }`
const reprice = `mutation ($id: ID!, $title: String!, $amount: Decimal!) {
  variantUpdate(id: $id, input: { title: $title, price: { amount: $amount, currencyCode: "USD" } }) {
  variant { id version variantTitle: title price { amount } quantityAvailable } userErrors { code message } } }`
const adjust = `mutation ($id: ID!, $delta: Int!) { inventoryAdjust(variant: $id, delta: $delta) {
  variant { id version variantTitle: title price { amount } quantityAvailable } userErrors { code message } } }`
const renameCategory = `mutation ($id: ID!, $name: String!) { categoryUpdate(id: $id, input: { name: $name }) {
  category { id version name } userErrors { code message } } }`

/** Changes one hot row, whoever else is changing it. */
export async function writeRow(run: Run): Promise<void> {
  const { random } = run
  const mark = run.unique()
  switch (random.int(0, 3)) {
    case 0:
      return write(run, `Product:${random.skewed(hotProducts)}`, rename, { title: mark }, mark)
    case 1: {
      const variables = { title: mark, amount: `${random.int(1, 999)}.00` }
      return write(run, `ProductVariant:${random.skewed(hotVariants)}`, reprice, variables, mark)
    }
    case 2: {
      const delta = random.pick([-2, -1, 1, 2, 3])
      return write(run, `ProductVariant:${random.skewed(counters)}`, adjust, { delta }, null, delta)
    }
    default:
      return write(run, `Category:${random.pick(hotCategories)}`, renameCategory, { name: mark }, mark)
  }
}

async function write(
  run: Run,
  id: string,
  mutation: string,
  variables: object,
  mark: string | null,
  delta = 0,
): Promise<void> {
  const { judge } = run
  const process = pickProcess(run)
  const begun = performance.now()
  const made = judge.row(id).begin(mark, process.name, begun)
  judge.counters.get(id)?.begin(delta, made)
  judge.history.note(id, begun, `write of ${mark ?? JSON.stringify(variables)} asked of ${process.name}`)
  const answer = await ask(run, process, mutation, { id, ...variables }, 'writer')
  const outcome = outcomeOf(run, answer)
  const shown = 'unsent' in answer ? null : shownRow(answer)
  const took = shown === null ? '' : `, showing version ${shown.version} "${shown.value}"`
  judge.noted(id, `write of ${mark ?? JSON.stringify(variables)}: ${outcome}${took}`, answer)
  judge.found(id, judge.row(id).end(made, answer.interval.ended, outcome, shown), answer)
}

function shownRow({ data }: Answered): Seen | null {
  const [payload] = Object.values(data as Record<string, Record<string, RowFields | null>>)
  const row = Object.values(payload ?? {}).find((value) => value !== null && 'version' in value)
  return row === undefined || row === null ? null : seenRow(row)
}
