import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openStore } from '../../src/start/store.ts'
import { testRedis } from '../setup/index.ts'

const redis = testRedis()
describe.skipIf(redis === null)('a Redis', () => {
  it('that does not have the database whose number its url ends in is refused', async () => {
    const config = readConfig({ REDIS_URL: `${redis?.url}/9999` })
    await expect(
      openStore(
        config,
        'origin',
        () => Promise.resolve('epoch'),
        () => {},
      ),
    ).rejects.toThrow(
      'REDIS_URL must end in the number of a database that its server has, but Redis says: ERR DB index is out of range.',
    )
  })
})
