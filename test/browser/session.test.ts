import { SignJWT } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testSecret, type TestApi } from '../setup/api.ts'
import { findChromium, startChromium } from '../setup/chromium.ts'
import { startWithConsole } from '../setup/console.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase } from '../setup/index.ts'

const found = await findChromium()
const environment = { NODE_ENV: 'production', LARDER_AUTH_SECRET: testSecret, LARDER_CONSOLE: 'on' }

async function token(scope: string): Promise<string> {
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(testSecret))
}

describe.skipIf('reason' in found)('a session of the console in a browser', () => {
  let browser: Browser
  let url: string
  let api: TestApi
  let origin: string
  let page: Page

  beforeAll(async () => {
    const database = await testDatabase()
    ;({ url } = database)
    await storeFixture(database.client)
    api = await startWithConsole(url, environment)
    origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await startChromium('program' in found ? found.program : '')
  })
  afterAll(async () => {
    await browser.close()
    await api.close()
  })
  beforeEach(async () => {
    page = await (await browser.newContext()).newPage()
    await page.goto(`${origin}/console`)
    await page.locator('#token').waitFor()
  })

  async function signIn(scope: string): Promise<void> {
    await page.locator('#token').fill(await token(scope))
    await page.locator('#token').press('Enter')
  }
  const live = (state: string) => page.locator(`#live[data-state="${state}"]`).waitFor()

  it('says why a token does not do, and takes one that does', async () => {
    await signIn('catalog:write')
    await page.locator('#sign-in-said', { hasText: 'lacks the scope catalog:trace' }).waitFor()
    await signIn('catalog:trace')
    await live('live')
    expect(await page.evaluate('document.cookie + localStorage.length + sessionStorage.length')).toBe('00')
  })

  it('who may only watch is told what it takes to look into entries', async () => {
    await signIn('catalog:trace')
    await live('live')
    await page.locator('#name').fill('1')
    await page.locator('#name').press('Enter')
    await page.locator('#found-said', { hasText: 'The token lacks the scope catalog:write' }).waitFor()
    expect(await page.locator('#found details').count()).toBe(0)
  })

  it('outlives the page, until somebody signs out', async () => {
    await signIn('catalog:trace catalog:write')
    await live('live')
    await page.reload()
    await live('live')
    await page.locator('#sign-out').click()
    await page.locator('#token').waitFor()
    expect(await page.context().cookies()).toEqual([])
    expect(await page.locator('#console').isVisible()).toBe(false)
  })

  it('comes back by itself when the server does, and says so meanwhile', async () => {
    await signIn('catalog:trace')
    await live('live')
    await api.close()
    await live('lost')
    expect(await page.locator('#live').innerText()).toMatch(/^Reconnecting/)
    api = await startWithConsole(url, environment)
    await api.app.listen({ host: '127.0.0.1', port: Number(new URL(origin).port) })
    await live('live')
  })
})
