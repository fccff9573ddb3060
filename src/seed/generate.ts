import { brands, departments, models, optionValues, type OptionName, type Shelf } from './departments.ts'
import { Random } from './random.ts'
import { describe, review } from './texts.ts'

export interface GeneratedCategory {
  readonly slug: string
  readonly name: string
  readonly description: string
  readonly parent: string | null
  readonly image: string
}

export interface GeneratedProduct {
  readonly slug: string
  readonly title: string
  readonly descriptionHtml: string
  readonly description: string
  readonly brand: string | null
  readonly images: readonly {
    readonly url: string
    readonly altText: string
    readonly width: number
    readonly height: number
  }[]
  readonly status: 'ACTIVE' | 'DRAFT' | 'ARCHIVED'
  readonly createdAt: Date
  /** Slugs. */
  readonly categories: readonly string[]
  readonly variants: readonly GeneratedVariant[]
  readonly reviews: readonly GeneratedReview[]
}

export interface GeneratedVariant {
  readonly sku: string
  readonly title: string
  readonly priceMinor: number
  readonly currency: string
  readonly quantity: number
  readonly selectedOptions: readonly { readonly name: string; readonly value: string }[]
}

export interface GeneratedReview {
  readonly rating: number
  readonly title: string
  readonly body: string
  readonly author: string
  readonly createdAt: Date
}

interface Place {
  readonly slug: string
  readonly shelf: Shelf
}

// the day on which the catalog is as it is, so that it does not depend on when it is generated
const today = Date.UTC(2026, 10, 1)
const dayMs = 86_400_000
const collections = [
  'Essentials',
  'Studio',
  'Heritage',
  'Weekend',
  'Limited',
  'Archive',
  'Workshop',
  'Travel',
  'Studio Blue',
  'Seconds',
]

/** Draws a catalog of some size: the same for the same seed, product by product. */
export class CatalogGenerator {
  readonly categories: readonly GeneratedCategory[]
  readonly #seed: number
  readonly #places: readonly Place[]

  /** @param products how many there will be; a larger catalog has a deeper tree */
  constructor(products: number, seed: number) {
    this.#seed = seed
    const perShelf = Math.min(collections.length, Math.floor(products / 20_000))
    const places: Place[] = []
    this.categories = departments.flatMap((department) => [
      category(department.name, department.about, null, department.aisles[0]?.shelves[0]),
      ...department.aisles.flatMap((aisle) => [
        category(
          `${department.name} ${aisle.name}`,
          `${aisle.name} from our ${department.name.toLowerCase()} department.`,
          department.name,
          aisle.shelves[0],
          aisle.name,
        ),
        ...aisle.shelves.flatMap((shelf) => {
          const parts = collections.slice(0, perShelf)
          const names = parts.map((part) => `${shelf.name} ${part}`)
          for (const name of [shelf.name, ...names]) places.push({ slug: slugOf(name), shelf })
          return [
            category(
              shelf.name,
              `Every kind of ${shelf.name.toLowerCase()} we carry.`,
              `${department.name} ${aisle.name}`,
              shelf,
            ),
            ...names.map((name, i) => category(name, '', shelf.name, shelf, parts[i])),
          ]
        }),
      ]),
    ])
    this.#places = places
  }

  /** The product with this number, which is also a part of its slug and skus. */
  product(number: number): GeneratedProduct {
    const random = new Random(this.#seed, number)
    const { slug: place, shelf } = random.skewed(this.#places)
    const noun = random.pick(shelf.nouns)
    const make = random.pick(shelf.makes)
    const title = `${random.pick(models)} ${make} ${noun}`
    const { html, text } = describe(random, noun, make)
    const createdAt = new Date(today - random.int(1, 730) * dayMs + random.int(0, dayMs - 1))
    const fate = random.next()
    const others = random.chance(0.25) ? [random.skewed(this.#places).slug] : []
    return {
      slug: `${slugOf(title)}-${number.toString(36)}`,
      title,
      descriptionHtml: html,
      description: text,
      brand: random.chance(0.97) ? random.skewed(brands) : null,
      images: Array.from({ length: random.int(1, 4) }, (_, i) => image(shelf, random, title, i)),
      status: fate < 0.94 ? 'ACTIVE' : fate < 0.98 ? 'DRAFT' : 'ARCHIVED',
      createdAt,
      categories: [...new Set([place, ...others])],
      variants: variants(random, shelf, number),
      reviews: reviews(random, shelf, createdAt),
    }
  }
}

function category(
  name: string,
  description: string,
  parent: string | null,
  shelf: Shelf | undefined,
  shown = name,
): GeneratedCategory {
  return {
    slug: slugOf(name),
    name: shown,
    description,
    parent: parent === null ? null : slugOf(parent),
    image: `/pictures/${shelf?.drawing ?? 'bag'}-${(name.length * 29) % 360}-0.svg`,
  }
}

function image(shelf: Shelf, random: Random, title: string, index: number) {
  const view = index === 0 ? title : `${title}, view ${index + 1}`
  return {
    url: `/pictures/${shelf.drawing}-${random.int(0, 35) * 10}-${index}.svg`,
    altText: view,
    width: 800,
    height: 800,
  }
}

function variants(random: Random, shelf: Shelf, number: number): GeneratedVariant[] {
  const choices = shelf.options.map((name) => ({
    name,
    values: random.some(optionValues[name], random.int(1, name === 'Pack' ? 2 : 4)),
  }))
  const combinations = choices.reduce<{ name: OptionName; value: string }[][]>(
    (all, { name, values }) => all.flatMap((chosen) => values.map((value) => [...chosen, { name, value }])),
    [[]],
  )
  const { currency, factor, ending } = money(random)
  const [least, most] = shelf.price
  const base = least + (most - least) * random.next() ** 2
  const soldOut = random.chance(0.08)
  return combinations.slice(0, 12).map((options, i) => {
    const units = Math.max(1, Math.round(base * (1 + 0.04 * i) * factor))
    return {
      sku: `${shelf.drawing.slice(0, 2).toUpperCase()}-${number.toString(36).toUpperCase().padStart(5, '0')}-${i + 1}`,
      title: options.map(({ value }) => value).join(' / '),
      priceMinor: ending(units),
      currency,
      quantity: soldOut || random.chance(0.1) ? 0 : random.int(1, 240),
      selectedOptions: options.map(({ name, value }) => ({ name: name === 'Shoe' ? 'Size' : name, value })),
    }
  })
}

/** Most products are priced in dollars. Prices end as prices do in their currency. */
function money(random: Random): { currency: string; factor: number; ending: (units: number) => number } {
  const draw = random.next()
  const cents = random.pick([0, 50, 90, 95, 99])
  if (draw < 0.9)
    return { currency: 'USD', factor: 1, ending: (units) => units * 100 - (cents === 0 ? 0 : 100 - cents) }
  if (draw < 0.96) return { currency: 'EUR', factor: 0.92, ending: (units) => units * 100 - 10 }
  if (draw < 0.98) return { currency: 'GBP', factor: 0.79, ending: (units) => units * 100 - 1 }
  return { currency: 'JPY', factor: 150, ending: (units) => Math.ceil(units / 100) * 100 - 20 }
}

/** Few products are talked about much, many not at all; and those who talk are mostly content. */
function reviews(random: Random, shelf: Shelf, since: Date): GeneratedReview[] {
  const count = random.chance(0.45) ? 0 : Math.min(300, Math.floor(random.next() ** -0.9))
  const liking = random.next()
  return Array.from({ length: count }, () => {
    const draw = random.next() * 0.75 + liking * 0.25
    const rating = draw < 0.08 ? 1 : draw < 0.15 ? 2 : draw < 0.28 ? 3 : draw < 0.56 ? 4 : 5
    const createdAt = new Date(since.getTime() + random.next() * (today - since.getTime()))
    return { rating, ...review(random, rating, shelf), createdAt }
  })
}

function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
