import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { findChromium, startChromium } from '../setup/chromium.ts'
import { testDatabase } from '../setup/index.ts'

const found = await findChromium()

describe.skipIf('reason' in found)('the documentation in a browser', () => {
  let browser: Browser
  let api: TestApi
  let origin: string

  beforeAll(async () => {
    api = await startApi({ url: (await testDatabase()).url })
    origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await startChromium('program' in found ? found.program : '')
  })
  afterAll(async () => {
    await browser.close()
    await api.close()
  })

  it.each([1280, 360])('has tables that fit into a page of %d pixels', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } })
    for (const name of ['reference/configuration', 'reference/metrics', 'guides/exposing', 'guides/importing']) {
      await page.goto(`${origin}/docs/${name}`)
      const tables = await page
        .locator('table')
        .evaluateAll((all) => all.map((each) => each.scrollWidth - each.clientWidth))
      expect(tables.length).toBeGreaterThan(0)
      // but for what is lost in rounding
      expect([name, tables.filter((tooWide) => tooWide > 1)]).toEqual([name, []])
    }
    await page.close()
  })

  it('breaks names of variables between their words alone', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(`${origin}/docs/reference/configuration`)
    const broken = await page.evaluate(`[...document.querySelectorAll('td:first-child code')]
      .flatMap((code) => [...code.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE))
      .filter((word) => {
        const range = document.createRange()
        range.selectNodeContents(word)
        return range.getClientRects().length > 1
      })
      .map(({ textContent }) => textContent)`)
    expect(broken).toEqual([])
    await page.close()
  })
})
