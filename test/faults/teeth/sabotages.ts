import type { Replacement, Sabotage } from './sabotage.ts'

const pause = (ms: string): string => `await new Promise((resolve) => setTimeout(resolve, ${ms}))`

// what a loaded server does by itself now and then, so that races are met within seconds
const slowLoads: Replacement = {
  file: 'src/cache/kind-definition.ts',
  find: 'const values = await definition.load(ids)',
  replace: `const values = await definition.load(ids)\n    ${pause('Math.random() * 40')}`,
}
const noHolds: Replacement = {
  file: 'src/catalog/write.ts',
  find: 'const failed = cache.trusted || strict ? await cache.hold(held, holder, observer) : held',
  replace: 'const failed: readonly string[] = []',
}
const quiet = { faults: null }

/** Breaks nothing, and only makes races as likely as the sabotages do: nothing may be found in it. */
export const control: Sabotage = {
  name: 'the control: slow loads, and nothing broken',
  replacements: [slowLoads],
  options: { faults: { kinds: ['all cut off from redis, refused'], pause: [200, 500], pairs: 0 }, outsideMs: 100 },
}

/** Each breaks one thing that the promises rest on. */
export const sabotages: readonly Sabotage[] = [
  {
    name: 'the textbook protocol: SET on a miss without a lease, DEL after COMMIT without a hold',
    replacements: [
      slowLoads,
      noHolds,
      {
        file: 'src/cache/scripts.ts',
        find: "if raw ~= '?' .. ARGV[1] then return 0 end\n     redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])",
        replace: "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])",
      },
    ],
    options: quiet,
  },
  {
    name: 'an eviction before COMMIT, and none after it',
    replacements: [
      {
        ...noHolds,
        replace: `const failed = await cache.evict(held, writer, observer)\n          ${pause('20')}`,
      },
      {
        file: 'src/catalog/settle.ts',
        find: 'keys.length === 0 || !cache.trusted ? Promise.resolve(keys) : cache.evict(keys, holder, observer)',
        replace: 'Promise.resolve(keys.slice(keys.length))',
      },
    ],
    options: quiet,
  },
  {
    name: 'a forgotten key: lists by title do not hear of a new title',
    replacements: [
      {
        file: 'src/catalog/product/affected.ts',
        find: "...(differs(change, 'title') ? bases.map((base) => group(facetOf(base, 'title'))) : []),",
        replace: '',
      },
    ],
    options: quiet,
  },
  {
    name: 'a forgotten key: what the variants of a product add up to',
    replacements: [
      {
        file: 'src/catalog/product/affected.ts',
        find: '...products.map((id) => kinds.pricing.key(id)),',
        replace: '',
      },
    ],
    options: quiet,
  },
  {
    name: 'a forgotten key: the skus of a variant',
    replacements: [
      {
        file: 'src/catalog/variant/affected.ts',
        find: "...(differs(change, 'sku', 'product_id') ? skus.map((sku) => kinds.variantBySku.key(sku)) : []),",
        replace: '',
      },
    ],
    options: quiet,
  },
  {
    name: 'a kept response that is served without another look at what it was built from',
    replacements: [
      {
        file: 'src/cache/keeper.ts',
        find: 'near.changes.noneSince(this.#freshAt, this.#keys)',
        replace: '(this.#keys.length > 0 || near.changes.noneSince(this.#freshAt, this.#keys))',
      },
    ],
    options: quiet,
  },
  {
    name: 'a part of an answer that is used for what has been read anew since',
    replacements: [
      {
        file: 'src/graphql/parts/kept-parts.ts',
        find: 'return part?.thing === thing ? part : undefined',
        replace: 'return thing.id > 0 ? part : undefined',
      },
    ],
    options: quiet,
  },
  {
    name: 'a hold and an eviction that are not listed as changes',
    replacements: [
      {
        file: 'src/cache/look-script.ts',
        find: 'if not count_key or #changed == 0 then return end',
        replace: 'if true then return end',
      },
    ],
    options: quiet,
  },
  {
    name: 'copies that are used although their keys have changed',
    replacements: [{ file: 'src/cache/near.ts', find: 'for (const key of news) this.forget(key)', replace: '' }],
    options: quiet,
  },
  {
    name: 'a relay that loses one row of each batch',
    replacements: [
      {
        file: 'src/database/deliveries.ts',
        find: 'const failed = await this.#evict(rows)',
        replace: 'const failed = await this.#evict(rows.slice(1))',
      },
    ],
    options: { faults: null, outsideMs: 100 },
  },
  {
    name: 'a join without a lease: of a load whose statement was sent before',
    replacements: [
      slowLoads,
      {
        file: 'src/cache/unleased-loads.ts',
        find: 'readonly #running = new Set<string>()',
        replace: 'readonly #running = new Map<string, Waiting<Id, Result>>()',
      },
      {
        file: 'src/cache/unleased-loads.ts',
        find: 'this.#waiting.get(key) ?? this.#enqueue',
        replace: 'this.#waiting.get(key) ?? this.#running.get(key) ?? this.#enqueue',
      },
      {
        file: 'src/cache/unleased-loads.ts',
        find: 'for (const [key] of batch) {',
        replace: 'for (const [key, waiting] of batch) {',
      },
      {
        file: 'src/cache/unleased-loads.ts',
        find: 'this.#running.add(key)',
        replace: 'this.#running.set(key, waiting)',
      },
    ],
    options: { faults: { kinds: ['all cut off from redis, refused'], pause: [200, 500], pairs: 0 } },
  },
]
