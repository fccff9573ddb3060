import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TestApi } from '../setup/api.ts'
import { findChromium, startChromium } from '../setup/chromium.ts'
import { startWithConsole } from '../setup/console.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

const found = await findChromium()

describe.skipIf('reason' in found)('the console in a browser', () => {
  let browser: Browser
  let api: TestApi
  let origin: string
  let context: BrowserContext
  let page: Page
  /** What the page complained of, and whom it asked besides its own server. */
  const unwanted: string[] = []

  beforeAll(async () => {
    const database = await testDatabase()
    await storeFixture(database.client)
    api = await startWithConsole(database.url)
    origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await startChromium('program' in found ? found.program : '')
  })
  afterAll(async () => {
    await browser.close()
    await api.close()
  })
  beforeEach(async () => {
    unwanted.length = 0
    await openPage({ viewport: { width: 1280, height: 900 } })
  })
  afterEach(() => context.close())

  async function openPage(options: Parameters<Browser['newContext']>[0]): Promise<void> {
    context = await browser.newContext(options)
    page = await context.newPage()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) unwanted.push(message.text())
    })
    page.on('pageerror', (error) => unwanted.push(error.message))
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) unwanted.push(url)
    })
    await page.goto(`${origin}/console`)
    await page.locator('#live[data-state="live"]').waitFor()
  }

  async function reopen(options: Parameters<Browser['newContext']>[0]): Promise<void> {
    await context.close()
    await openPage(options)
  }

  const product = (id: number): Promise<unknown> =>
    api.ask(`query Shown { product(by: { id: "Product:${id}" }) { title } }`)

  async function find(what: string, name: string): Promise<void> {
    await page.locator('#what').selectOption(what)
    await page.locator('#name').fill(name)
    await page.locator('#name').press('Enter')
  }

  it('shows what share of reads the cache answers, and which operations ran', async () => {
    await product(1)
    for (let i = 0; i < 9; i += 1) await product(1)
    const kind = page.locator('#kinds tr', { has: page.locator('th', { hasText: /^product$/ }) })
    await kind.waitFor()
    expect(await kind.innerText()).toContain('%')
    await page.locator('#operations th', { hasText: 'Shown' }).waitFor()
    await page.locator('.card', { hasText: 'Hit ratio' }).locator('dd', { hasText: '%' }).waitFor()
    await page.locator('#verdict-text', { hasText: 'came from the cache' }).waitFor()
    expect(unwanted).toEqual([])
  })

  it('shows an eviction with its cause, and leads from its keys to the inspector', async () => {
    await api.ask('mutation { productUpdate(id: "Product:2", input: { brand: "Another" }) { userErrors { code } } }')
    const eviction = page.locator('#stream details', { hasText: /product 2 updated.* by a mutation/ }).first()
    await eviction.locator('summary').click()
    await eviction.locator('button', { hasText: /^product:2$/ }).click()
    await page.locator('#found details[data-name="product:2"]').waitFor()
    expect(unwanted).toEqual([])
  })

  it('finds what is cached of a product, and evicts it', async () => {
    await product(1)
    await find('product', '1')
    const entry = page.locator('#found details[data-name="product:1"]')
    await entry.locator('.state[data-state="value"]').waitFor()
    await entry.locator('summary').click()
    await entry.locator('button', { hasText: 'Evict' }).click()
    await entry.locator('.state[data-state="absent"]').waitFor()
    expect((await api.cache.inspect('product:1')).state).toBe('absent')
    await page.locator('#stream details', { hasText: 'by hand' }).first().waitFor()
    expect(unwanted).toEqual([])
  })

  it('is worked by keyboard alone', async () => {
    await product(3)
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').innerText()).toBe('Skip to the inspector')
    await page.keyboard.press('Enter')
    await page.keyboard.press('/')
    expect(await page.locator(':focus').getAttribute('id')).toBe('name')
    await page.keyboard.type('3')
    await page.keyboard.press('Enter')
    const entry = page.locator('#found details[data-name="product:3"]')
    await entry.locator('.state[data-state="value"]').waitFor()
    await entry.locator('summary').focus()
    await page.keyboard.press('Enter')
    await entry.locator('button').focus()
    await page.keyboard.press('Enter')
    await entry.locator('.state[data-state="absent"]').waitFor()
    await page.locator('.plot').first().focus()
    await page.keyboard.press('ArrowLeft')
    await page.locator('.card .at', { hasText: ':' }).first().waitFor()
    expect(unwanted).toEqual([])
  })

  it('fits a screen of 360 pixels, with everything in it', async () => {
    await product(1)
    await page.locator('#kinds th', { hasText: /^product$/ }).waitFor()
    await page.setViewportSize({ width: 360, height: 740 })
    await find('product', '1')
    await page.locator('#found details').first().waitFor()
    // charts follow the width a frame later
    await page.waitForFunction('document.documentElement.scrollWidth === 360')
    await reopen({ viewport: { width: 360, height: 740 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(unwanted).toEqual([])
  })

  it('is dark where that is wanted', async () => {
    const background = 'getComputedStyle(document.body).backgroundColor'
    const light = await page.evaluate<string>(background)
    await reopen({ colorScheme: 'dark' })
    const dark = await page.evaluate<string>(background)
    const brightness = (color: string): number => Number(/\d+/.exec(color)?.[0])
    expect(brightness(light)).toBeGreaterThan(200)
    expect(brightness(dark)).toBeLessThan(60)
    expect(unwanted).toEqual([])
  })
})
