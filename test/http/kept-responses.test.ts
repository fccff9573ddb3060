import { afterAll, beforeAll, describe, it } from 'vitest'
import { startApi, type TestApi } from '../setup/api.ts'
import { storeFixture } from '../setup/fixture.ts'
import { testDatabase, testRedis } from '../setup/index.ts'

const redis = testRedis()
const page = `query Page { product(by: { slug: "harbor-shirt" }) { title images { url } categories { name } reviews { totalCount } } }`

describe.each([
  { store: 'the in-process store', on: null, skip: false },
  { store: 'Redis', on: redis, skip: redis === null },
])('on $store', ({ on, skip }) => {
  describe.skipIf(skip)('a kept response', () => {
    let api: TestApi
    beforeAll(async () => {
      const { url, client } = await testDatabase()
      await storeFixture(client)
      api = await startApi({ url, redis: on })
    })
    afterAll(() => api.close())

    it('is served', async () => {
      for (let i = 0; i < 4; i++) {
        api.events.length = 0
        const a = await api.ask(page)
        console.log(
          i,
          a.status,
          JSON.stringify(a.data).slice(0, 60),
          api.events
            .map((e) => `${e.type}${'operation' in e ? e.operation : ''}${'error' in e ? e.error.message : ''}`)
            .join(' '),
        )
        await new Promise((r) => setTimeout(r, 20))
      }
    })
  })
})
