import type { Ask } from './client.ts'
import type { Shop, Variant } from './shop.ts'
import { zipf } from './zipf.ts'

/** Changes the catalog, and leaves it as it was. */
export interface Changes {
  /** Makes one change, or takes one back. Returns what it came to; null once changes are refused. */
  next(): Promise<{ readonly name: string; readonly fault: string | null; readonly ms: number } | null>
  /** Takes back what is left. */
  undo(): Promise<void>
}

interface Change {
  readonly name: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** What takes it back, given its answer. */
  readonly undo?: (answer: Readonly<Record<string, unknown>>) => Change | null
}

const faults = 'userErrors { code }'
const adjust = `mutation StockChanges($id: ID!, $delta: Int!) { inventoryAdjust(variant: $id, delta: $delta) { ${faults} } }`
const reprice = `mutation PriceChanges($id: ID!, $price: MoneyInput!) { variantUpdate(id: $id, input: { price: $price }) { ${faults} } }`
const write = `mutation ReviewIsWritten($id: ID!, $input: ReviewCreateInput!) { reviewCreate(product: $id, input: $input) { review { id } ${faults} } }`
const takeBack = `mutation ReviewIsTakenBack($id: ID!) { reviewDelete(id: $id) { ${faults} } }`

// so many changes stand before the first of them is taken back
const standing = 8
const refusals = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'OPERATION_NOT_REGISTERED'])

export function changesOf(ask: Ask, { products, variants }: Shop, random: () => number = Math.random): Changes {
  const variant = zipf(variants, random)
  const product = zipf(products, random)
  const undone: Change[] = []
  let refused = false

  async function make(change: Change): Promise<{ name: string; fault: string | null; ms: number }> {
    const { data, fault, ms } = await ask(change.query, { variables: change.variables })
    refused ||= fault !== null && refusals.has(fault)
    const payload = Object.values(data ?? {})[0] as Record<string, unknown> | undefined
    const [userError] = (payload?.['userErrors'] ?? []) as { code: string }[]
    const undo = payload === undefined || userError !== undefined ? null : (change.undo?.(payload) ?? null)
    if (undo !== null) undone.push(undo)
    return { name: change.name, fault: fault ?? userError?.code ?? null, ms }
  }

  function draw(): Change {
    const drawn = random()
    if (drawn < 0.25 || variants.length === 0) return reviewOf(product().id)
    return drawn < 0.5 ? priceOf(variant()) : stockOf(variant(), 1)
  }

  return {
    async next() {
      if (refused) return null
      const back = undone.length >= standing ? undone.shift() : undefined
      return make(back ?? draw())
    },
    async undo() {
      for (const change of undone.splice(0)) await make(change)
    },
  }
}

function stockOf({ id }: Pick<Variant, 'id'>, delta: number): Change {
  const undo = delta > 0 ? () => stockOf({ id }, -delta) : undefined
  return { name: 'StockChanges', query: adjust, variables: { id, delta }, ...(undo === undefined ? {} : { undo }) }
}

function priceOf({ id, price }: Variant): Change {
  const back = { name: 'PriceChanges', query: reprice, variables: { id, price } }
  // one more of the largest unit: any currency has it
  const [whole = '', rest] = price.amount.split('.')
  const amount = [String(Number(whole) + 1), ...(rest === undefined ? [] : [rest])].join('.')
  return { ...back, variables: { id, price: { ...price, amount } }, undo: () => back }
}

function reviewOf(id: string): Change {
  return {
    name: 'ReviewIsWritten',
    query: write,
    variables: { id, input: { rating: 5, title: 'From the demo', body: 'It goes again by itself.', author: 'Demo' } },
    undo({ review: written }) {
      const review = (written as { id?: string } | null)?.id
      return review === undefined ? null : { name: 'ReviewIsTakenBack', query: takeBack, variables: { id: review } }
    },
  }
}
