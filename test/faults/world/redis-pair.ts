import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { startRedis, type TestRedis } from '../../setup/redis-server.ts'

/** A Redis primary and its replica, which can change places. */
export class RedisPair {
  #primary: TestRedis
  #replica: TestRedis

  private constructor(primary: TestRedis, replica: TestRedis) {
    this.#primary = primary
    this.#replica = replica
  }

  static async start(): Promise<RedisPair> {
    const primary = await startRedis()
    const replica = await startRedis([
      '--replicaof',
      '127.0.0.1',
      String(primary.port),
      '--repl-diskless-sync-delay',
      '0',
    ])
    const pair = new RedisPair(primary, replica)
    await pair.inSync()
    return pair
  }

  /** The port of whichever is the primary now. */
  get port(): number {
    return this.#primary.port
  }

  /** Kills the primary. What it held is gone. */
  async kill(): Promise<void> {
    await this.#primary.stop()
  }

  /** Starts the primary again after kill, empty. */
  async restart(): Promise<void> {
    this.#primary = await startRedis([], this.#primary.port)
  }

  freeze(): void {
    this.#primary.process.kill('SIGSTOP')
  }

  thaw(): void {
    this.#primary.process.kill('SIGCONT')
  }

  /** Makes the replica the primary, as it is: what had not reached it is lost. The former primary goes on as one. */
  async promote(): Promise<void> {
    await command(this.#replica.port, (client) => client.replicaof('NO', 'ONE'))
    ;[this.#primary, this.#replica] = [this.#replica, this.#primary]
  }

  /** Makes the former primary follow the new one, and waits until it has caught up. */
  async follow(): Promise<void> {
    await command(this.#replica.port, (client) => client.replicaof('127.0.0.1', this.#primary.port))
    await this.inSync()
  }

  /** Waits for the replica, for at most 10 s. @throws where it does not catch up */
  async inSync(): Promise<void> {
    const giveUpAt = performance.now() + 10_000
    while (performance.now() < giveUpAt) {
      const info = await command(this.#replica.port, (client) => client.info('replication'))
      if (info.includes('master_link_status:up')) return
      await sleep(50)
    }
    throw new Error('the replica did not catch up with its primary within 10 s')
  }

  flush(): Promise<unknown> {
    return command(this.#primary.port, (client) => client.flushall())
  }

  /** Ends every connection of a client at the server. */
  killClients(): Promise<unknown> {
    return command(this.#primary.port, (client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'))
  }

  async stop(): Promise<void> {
    this.thaw()
    await Promise.all([this.#primary.stop(), this.#replica.stop()])
  }
}

async function command<Reply>(port: number, send: (client: Redis) => Promise<Reply>): Promise<Reply> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null, commandTimeout: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return await send(client)
  } finally {
    client.disconnect()
  }
}
