import { Redis } from 'ioredis'

/** What a Redis has done since it started. */
export interface RedisUse {
  /** Those that scripts call count as well. */
  readonly commands: number
  readonly cpuMicros: number
}

/** Reads a Redis's own accounts. */
export class RedisMeter {
  readonly #client: Redis

  constructor(url: string) {
    this.#client = new Redis(url)
  }

  async use(): Promise<RedisUse> {
    const [statistics, cpu] = await Promise.all([this.#client.info('commandstats'), this.#client.info('cpu')])
    let commands = 0
    // what clients say at the start, and what is asked here, is no part of a request
    for (const [, name = '', calls] of statistics.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm))
      if (!/^(info|hello|client|ping|select|flushall|config|command)\b/.test(name)) commands += Number(calls)
    return { commands, cpuMicros: 1e6 * (seconds(cpu, 'used_cpu_user') + seconds(cpu, 'used_cpu_sys')) }
  }

  async flush(): Promise<void> {
    await this.#client.flushall()
  }

  close(): void {
    this.#client.disconnect()
  }
}

function seconds(info: string, field: string): number {
  return Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0)
}
