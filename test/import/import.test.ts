import pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { importLines } from '../../src/import/import.ts'
import type { RawLine } from '../../src/import/lines.ts'
import { testDatabase } from '../setup/index.ts'

const { url, client } = await testDatabase()

const category = { slug: 'shirts', name: 'Shirts', parent: null }
const variant = { sku: 'S-1', title: 'M', price: '19.90', currency: 'USD', quantity: 3, options: { Size: 'M' } }
const product = {
  slug: 'shirt',
  title: 'Shirt',
  description: '<p>Soft</p>',
  brand: 'Nordvik',
  status: 'ACTIVE',
  categories: ['shirts'],
  images: [{ url: 'https://pictures.example/1.jpg', alt: 'Front' }],
  variants: [variant],
}
const review = { product: 'shirt', rating: 5, title: 'Good', body: 'Fits', author: 'Ada' }
const whole = [{ category }, { product }, { review }]

interface Told {
  readonly summary: string
  readonly faults: readonly string[]
  readonly notes: readonly string[]
}

async function run(lines: readonly unknown[], { strict = false, by = client } = {}): Promise<Told> {
  const faults: string[] = []
  const notes: string[] = []
  const summary = await importLines(by, rawLines(lines), {
    strict,
    onOutcome(outcome) {
      for (const { field, reason } of outcome.faults) faults.push(`${outcome.place}: ${field}: ${reason}`)
      for (const { field, reason } of outcome.notes) notes.push(`${outcome.place}: ${field}: ${reason}`)
    },
  })
  const { created, updated, unchanged, rejected } = summary
  return { summary: `${created} ${updated} ${unchanged} ${rejected}`, faults, notes }
}

async function* rawLines(lines: readonly unknown[]): AsyncGenerator<RawLine> {
  for (const [i, line] of lines.entries()) {
    yield await Promise.resolve({ place: `f:${i + 1}`, text: typeof line === 'string' ? line : JSON.stringify(line) })
  }
}

async function rows(sql: string): Promise<unknown[]> {
  return (await client.query(sql)).rows
}

beforeEach(async () => {
  await client.query(
    'TRUNCATE category, product, product_category, product_variant, review, outbox, product_pricing, product_rating, product_search RESTART IDENTITY CASCADE',
  )
  await client.query('DELETE FROM outbox')
})

describe('an import', () => {
  it('stores categories, products, variants and reviews', async () => {
    expect(await run(whole)).toEqual({ summary: '3 0 0 0', faults: [], notes: [] })
    expect(await rows('SELECT slug, name, parent_id FROM category')).toEqual([
      { slug: 'shirts', name: 'Shirts', parent_id: null },
    ])
    expect(await rows('SELECT title, description_html, description, brand, status, images FROM product')).toEqual([
      {
        title: 'Shirt',
        description_html: '<p>Soft</p>',
        description: 'Soft',
        brand: 'Nordvik',
        status: 'ACTIVE',
        images: [{ url: 'https://pictures.example/1.jpg', altText: 'Front', width: null, height: null }],
      },
    ])
    expect(await rows('SELECT sku, price_minor, currency, quantity, selected_options FROM product_variant')).toEqual([
      {
        sku: 'S-1',
        price_minor: '1990',
        currency: 'USD',
        quantity: 3,
        selected_options: [{ name: 'Size', value: 'M' }],
      },
    ])
    expect(await rows('SELECT rating, title, author FROM review')).toEqual([
      { rating: 5, title: 'Good', author: 'Ada' },
    ])
  })

  it('changes nothing when it is run again, reviews included', async () => {
    await run(whole)
    await client.query('DELETE FROM outbox')
    const before = await rows('SELECT p.*, v.* FROM product p JOIN product_variant v ON v.product_id = p.id')
    expect((await run(whole)).summary).toBe('0 0 3 0')
    expect(await rows('SELECT p.*, v.* FROM product p JOIN product_variant v ON v.product_id = p.id')).toEqual(before)
    expect(await rows('SELECT * FROM outbox')).toEqual([])
  })

  it('raises the version of a changed product once, and leaves what a line does not name', async () => {
    await run(whole)
    expect(
      (await run([{ product: { slug: 'shirt', title: 'Better shirt', variants: [{ ...variant, sku: 'S-2' }] } }]))
        .summary,
    ).toBe('0 1 0 0')
    expect(await rows('SELECT title, brand, description, version FROM product')).toEqual([
      { title: 'Better shirt', brand: 'Nordvik', description: 'Soft', version: 2 },
    ])
    expect(await rows('SELECT sku, version FROM product_variant ORDER BY id')).toEqual([
      { sku: 'S-1', version: 1 },
      { sku: 'S-2', version: 1 },
    ])
    expect(await rows('SELECT count(*)::int AS count FROM product_category')).toEqual([{ count: 1 }])
  })

  it('replaces the categories of a product by those that a line names, in their order', async () => {
    const more = ['a', 'b', 'c'].map((slug) => ({ category: { slug, name: slug } }))
    await run([...whole, ...more])
    const moved = { product: { slug: 'shirt', title: 'Shirt', categories: ['c', 'a'] } }
    expect((await run([moved])).summary).toBe('0 1 0 0')
    expect((await run([moved])).summary).toBe('0 0 1 0')
    expect(await rows('SELECT slug, version FROM product')).toEqual([{ slug: 'shirt', version: 1 }])
    expect(
      await rows('SELECT c.slug FROM product_category pc JOIN category c ON c.id = category_id ORDER BY position'),
    ).toEqual([{ slug: 'c' }, { slug: 'a' }])
  })

  describe('clears what a line names as null', () => {
    const image = { url: 'https://pictures.example/1.jpg', alt: 'Front', width: 8, height: 9 }
    const full = [
      { category: { slug: 'all', name: 'All' } },
      { category: { ...category, parent: 'all', description: 'To wear', image } },
      { product: { ...product, images: [image], variants: [{ ...variant, image }] } },
    ]
    const inCategory = (change: object): object => ({ category: { slug: 'shirts', name: 'Shirts', ...change } })
    const inProduct = (change: object): object => ({ product: { slug: 'shirt', title: 'Shirt', ...change } })
    const inVariant = (change: object): object =>
      inProduct({ variants: [{ sku: 'S-1', price: '19.90', currency: 'USD', ...change }] })
    const stored = { url: image.url, altText: 'Front', width: 8, height: 9 }

    it.each([
      [
        'the parent of a category',
        inCategory({ parent: null }),
        'SELECT parent_id AS a FROM category WHERE id = 2',
        null,
      ],
      ['its description', inCategory({ description: null }), 'SELECT description AS a FROM category WHERE id = 2', ''],
      ['its image', inCategory({ image: null }), 'SELECT image AS a FROM category WHERE id = 2', null],
      [
        'the description of a product',
        inProduct({ description: null }),
        'SELECT description || description_html AS a FROM product',
        '',
      ],
      ['its brand', inProduct({ brand: null }), 'SELECT brand AS a FROM product', null],
      ['its categories', inProduct({ categories: null }), 'SELECT count(*)::int AS a FROM product_category', 0],
      ['its images', inProduct({ images: null }), 'SELECT images AS a FROM product', []],
      [
        'what is said of one of them',
        inProduct({ images: [{ ...image, alt: null, width: null, height: null }] }),
        'SELECT images AS a FROM product',
        [{ ...stored, altText: null, width: null, height: null }],
      ],
      ['the title of a variant', inVariant({ title: null }), 'SELECT title AS a FROM product_variant', ''],
      ['its quantity', inVariant({ quantity: null }), 'SELECT quantity AS a FROM product_variant', 0],
      ['its options', inVariant({ options: null }), 'SELECT selected_options AS a FROM product_variant', []],
      ['its image', inVariant({ image: null }), 'SELECT image AS a FROM product_variant', null],
    ])('%s', async (_name, line, sql, empty) => {
      await run(full)
      expect(await rows(sql)).not.toEqual([{ a: empty }])
      expect(await run([line])).toEqual({ summary: '0 1 0 0', faults: [], notes: [] })
      expect(await rows(sql)).toEqual([{ a: empty }])
    })

    it('but nothing that must hold something', async () => {
      await run(full)
      const nothing = { slug: 'shirt', title: null, status: null, variants: null }
      expect((await run([{ product: nothing }])).faults).toEqual([
        'f:1: product.title: expected string, but received null',
        'f:1: product.status: expected ACTIVE, DRAFT, ARCHIVED, but received null',
        'f:1: product.variants: expected array, but received null',
      ])
    })
  })

  it('gives a whole product another currency at once', async () => {
    await run(whole)
    const euros = [variant, { ...variant, sku: 'S-2' }].map((each) => ({ ...each, currency: 'EUR' }))
    expect((await run([{ product: { ...product, variants: euros } }])).summary).toBe('0 1 0 0')
    expect(await rows('SELECT currency, min_price FROM product_pricing')).toEqual([
      { currency: 'EUR', min_price: '1990' },
    ])
  })

  it('builds a tree whose parents stand in the same batch', async () => {
    const tree = Array.from({ length: 5 }, (_, i) => ({
      category: { slug: `l-${i}`, name: `L${i}`, parent: i === 0 ? null : `l-${i - 1}` },
    }))
    expect((await run(tree)).summary).toBe('5 0 0 0')
    expect((await run(tree)).summary).toBe('0 0 5 0')
  })
})

describe('a line with a fault', () => {
  const faulty: [string, unknown, string[]][] = [
    ['is not JSON', '{"category":', ['line: is not JSON: Unexpected end of JSON input']],
    ['has no known kind', { brand: {} }, ['line: expected one of {"category":…}, {"product":…} and {"review":…}']],
    ['is of two kinds', { category, review }, ['line: expected one of {"category":…}, {"product":…} and {"review":…}']],
    ['is no object', '7', ['line: expected object, but received 7']],
    ['lacks what is needed', { category: {} }, ['category.slug: is missing', 'category.name: is missing']],
    [
      'has an unknown field',
      { category: { ...category, nmae: 'x' } },
      ['category.nmae: is no field that is known here'],
    ],
    [
      'has a slug of another shape',
      { category: { ...category, slug: 'Shirts!' } },
      [
        'category.slug: expected lower case letters and digits, in words joined by single hyphens, but received "Shirts!"',
      ],
    ],
    [
      'has an empty name',
      { category: { ...category, name: '  ' } },
      ['category.name: expected at least 1 character(s), but received ""'],
    ],
    [
      'names an unknown parent',
      { category: { ...category, slug: 'other', parent: 'nowhere' } },
      ['category.parent: no category "nowhere" exists, or stands on a line before this one'],
    ],
    [
      'is its own parent',
      { category: { ...category, slug: 'own', parent: 'own' } },
      ['category.parent: is the category itself'],
    ],
    [
      'names an unknown category',
      { product: { ...product, categories: ['nowhere'] } },
      ['product.categories[0]: no category "nowhere" exists, or stands on a line before this one'],
    ],
    [
      'names a category twice',
      { product: { ...product, categories: ['shirts', 'shirts'] } },
      ['product.categories[1]: "shirts" is listed twice'],
    ],
    [
      'has a status of no kind',
      { product: { ...product, status: 'GONE' } },
      ['product.status: expected ACTIVE, DRAFT, ARCHIVED, but received "GONE"'],
    ],
    [
      'has an image of another scheme',
      { product: { ...product, images: [{ url: 'ftp://x/y' }] } },
      ['product.images[0].url: expected an http or https url, or a path under this server'],
    ],
    ...['http://x/\0', '/x/\uD800'].map((at): [string, unknown, string[]] => [
      `has an image at ${JSON.stringify(at)}`,
      { product: { ...product, images: [{ url: at }] } },
      ['product.images[0].url: holds a character that no text may hold'],
    ]),
    [
      'has a price as a number',
      { product: { ...product, variants: [{ ...variant, price: 19.9 }] } },
      ['product.variants[0].price: expected a decimal in quotes such as "19.90", but received 19.9'],
    ],
    [
      'has no price',
      { product: { ...product, variants: [{ ...variant, price: null }] } },
      ['product.variants[0].price: expected a decimal in quotes such as "19.90", but received null'],
    ],
    [
      'has a price of 0',
      { product: { ...product, variants: [{ ...variant, price: '0.00' }] } },
      ['product.variants[0].price: a price is more than 0, but received "0.00"'],
    ],
    [
      'has more decimals than its currency',
      { product: { ...product, variants: [{ ...variant, price: '1.5', currency: 'JPY' }] } },
      ['product.variants[0].price: a price in JPY has no decimals, but received "1.5"'],
    ],
    [
      'has an unknown currency',
      { product: { ...product, variants: [{ ...variant, currency: 'XXY' }] } },
      ['product.variants[0].currency: "XXY" is no currency code of ISO 4217'],
    ],
    [
      'mixes currencies',
      { product: { ...product, variants: [variant, { ...variant, sku: 'S-2', currency: 'EUR' }] } },
      ['product.variants[1].currency: is EUR, but all variants of a product have one currency, here USD'],
    ],
    [
      'repeats a sku',
      { product: { ...product, variants: [variant, variant] } },
      ['product.variants[1].sku: "S-1" is listed twice'],
    ],
    [
      'has a negative quantity',
      { product: { ...product, variants: [{ ...variant, quantity: -1 }] } },
      ['product.variants[0].quantity: expected at least 0, but received -1'],
    ],
    [
      'has half a quantity',
      { product: { ...product, variants: [{ ...variant, quantity: 1.5 }] } },
      ['product.variants[0].quantity: expected a whole number, but received 1.5'],
    ],
    [
      'reviews an unknown product',
      { review: { ...review, product: 'nothing' } },
      ['review.product: no product "nothing" exists, or stands on a line before this one'],
    ],
    ['has six stars', { review: { ...review, rating: 6 } }, ['review.rating: expected at most 5, but received 6']],
    ['holds a NUL', { review: { ...review, body: 'a\0b' } }, ['review.body: holds a character that no text may hold']],
    [
      'holds half a character',
      String.raw`{"review":{"product":"shirt","rating":5,"title":"\ud800","author":"A"}}`,
      ['review.title: holds a character that no text may hold'],
    ],
    [
      'has several faults',
      { review: { product: 'x y', rating: 9, author: '' } },
      [
        'review.product: expected lower case letters and digits, in words joined by single hyphens, but received "x y"',
        'review.rating: expected at most 5, but received 9',
        'review.author: expected at least 1 character(s), but received ""',
      ],
    ],
  ]

  it.each(faulty)('that %s is rejected with every reason, and stops nothing', async (_name, line, reasons) => {
    const { summary, faults } = await run([
      { category: { slug: 'shirts', name: 'Shirts' } },
      line,
      { product },
      { review },
    ])
    expect(faults).toEqual(reasons.map((reason) => `f:2: ${reason}`))
    expect(summary).toBe('3 0 0 1')
  })

  it('that only the database can refuse is found in its batch, and the others are stored', async () => {
    await run([{ category: { slug: 'a', name: 'A' } }, { category: { slug: 'b', name: 'B', parent: 'a' } }])
    const more = Array.from({ length: 20 }, (_, i) => ({ category: { slug: `n-${i}`, name: 'N' } }))
    const { summary, faults } = await run([...more, { category: { slug: 'a', name: 'A', parent: 'b' } }, { category }])
    expect(summary).toBe('21 0 0 1')
    expect(faults).toEqual([expect.stringMatching(/^f:21: category: category \d+ cannot be placed below itself$/)])
  })

  it('that has more words than the database can search is rejected alone', async () => {
    const words = Array.from({ length: 7000 }, (_, i) => `${'㌖'.repeat(9)}${i}`)
    const wordy = { product: { slug: 'wordy', title: 'Wordy', description: words.join(' ') } }
    const { summary, faults } = await run([{ category }, wordy, { product }])
    expect(faults).toEqual([expect.stringMatching(/^f:2: product: string is too long for tsvector/)])
    expect(summary).toBe('2 0 0 1')
  })

  it('that takes a sku from another product is rejected, whether that one is stored or stands before it', async () => {
    await run([{ category }, { product }])
    const other = { product: { ...product, slug: 'other', variants: [variant] } }
    const early = { product: { ...product, slug: 'early', variants: [{ ...variant, sku: 'S-9' }] } }
    const late = { product: { ...product, slug: 'late', variants: [{ ...variant, sku: 'S-9' }] } }
    expect((await run([other, early, late])).faults).toEqual([
      'f:1: product.variants[0].sku: "S-1" belongs to the product "shirt" already',
      'f:3: product.variants[0].sku: "S-9" belongs to the product "early" already',
    ])
  })

  it('that gives one more variant another currency than those that stay is rejected', async () => {
    await run([{ category }, { product }])
    expect(
      (await run([{ product: { ...product, variants: [{ ...variant, sku: 'S-2', currency: 'EUR' }] } }])).faults,
    ).toEqual(['f:1: product.variants[0].currency: is EUR, but the variant "S-1" of this product has prices in USD'])
  })
})

describe('a slug that stands twice in one import', () => {
  it('is told where both say the same', async () => {
    const told = await run([...whole, { product }, { review }, { category }])
    expect(told).toEqual({
      summary: '3 0 3 0',
      faults: [],
      notes: [
        'f:4: product: says the same as f:2',
        'f:5: review: says the same as f:3',
        'f:6: category: says the same as f:1',
      ],
    })
  })

  it('is refused where they differ, across batches too', async () => {
    const between = Array.from({ length: 600 }, (_, i) => ({ category: { slug: `n-${i}`, name: 'N' } }))
    const told = await run([...whole, ...between, { product: { ...product, title: 'Another shirt' } }])
    expect(told.summary).toBe('603 0 0 1')
    expect(told.faults).toEqual(['f:604: product.slug: the slug is used by another product already, on f:2'])
  })
})

describe('what is put right', () => {
  it('is told: entities in names, tags left open, elements taken out', async () => {
    const { notes } = await run([
      { category: { slug: 'caps', name: 'Caps &amp; hats' } },
      {
        product: { slug: 'cap', title: 'Cap&trade;', description: '<p>Warm<ul><li>wool</ul><script>alert(1)</script>' },
      },
    ])
    expect(notes).toEqual([
      'f:1: category.name: decoded the HTML entities of "Caps &amp; hats"',
      'f:2: product.title: decoded the HTML entities of "Cap&trade;"',
      'f:2: product.description: closed tags that were left open: p, li',
      'f:2: product.description: took out elements that are not allowed: script',
    ])
    expect(await rows('SELECT title, description_html FROM product')).toEqual([
      { title: 'Cap™', description_html: '<p>Warm</p><ul><li>wool</li></ul>' },
    ])
  })

  it('is told: elements that lie too deep, whose text is kept', async () => {
    const description = `${'<b>'.repeat(99)}<i><u>deep</u></i>${'</b>'.repeat(99)}`
    const { notes } = await run([{ product: { slug: 'deep', title: 'Deep', description } }])
    expect(notes).toEqual(['f:1: product.description: took out elements that are not allowed: u'])
    expect(await rows('SELECT description FROM product')).toEqual([{ description: 'deep' }])
  })

  it('is told: a description of nothing but open tags', async () => {
    const told = await run([{ product: { slug: 'open', title: 'Open', description: '<b>'.repeat(33_333) } }])
    expect(told.summary).toBe('1 0 0 0')
    expect(told.notes).toEqual([
      'f:1: product.description: closed tags that were left open: b',
      'f:1: product.description: took out elements that are not allowed: b',
    ])
  })
})

describe('a strict import', () => {
  it('changes nothing where a line is rejected, and tells every fault there is', async () => {
    const told = await run(
      [...whole, { review: { ...review, rating: 0 } }, { review: { ...review, product: 'nothing' } }],
      { strict: true },
    )
    expect(told.summary).toBe('0 0 0 2')
    expect(told.faults).toHaveLength(2)
    expect(await rows('SELECT slug FROM category UNION ALL SELECT slug FROM product')).toEqual([])
    expect(await rows('SELECT * FROM outbox')).toEqual([])
  })

  it('stores everything where all lines are right, in their order', async () => {
    const tree = Array.from({ length: 1200 }, (_, i) => ({
      category: { slug: `n-${i}`, name: 'N', parent: i < 20 ? null : `n-${i % 20}` },
    }))
    expect((await run([...tree, ...whole], { strict: true })).summary).toBe('1203 0 0 0')
  })
})

describe('two imports at once', () => {
  it('of the same file store everything once', async () => {
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    const file = [
      ...whole,
      ...Array.from({ length: 700 }, (_, i) => ({
        product: { ...product, slug: `p-${i}`, variants: [{ ...variant, sku: `P-${i}` }] },
      })),
      ...Array.from({ length: 700 }, (_, i) => ({ review: { ...review, product: `p-${i}` } })),
    ]
    try {
      const [one, two] = await Promise.all([run(file), run(file, { by: other })])
      expect(await rows('SELECT count(*)::int AS count FROM review')).toEqual([{ count: 701 }])
      expect(await rows('SELECT max(version) AS version FROM product')).toEqual([{ version: 1 }])
      expect([one.faults, two.faults]).toEqual([[], []])
    } finally {
      await other.end()
    }
  })
})
