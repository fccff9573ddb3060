import type pg from 'pg'
import { isWaiting, upTo } from './await-delivery.ts'
import { isOver, type Epochs } from './cache-server.ts'
import { isTrusting, livingMs } from './living.ts'
import { lastChange } from './outbox.ts'
import { queryableOn } from './sql.ts'

// how often an instance says that it lives
const beatMs = 1000
// a process that did not run for so long may have been counted as gone
const frozenMs = 2000
// one whose cache is its own gives it up before others count it as gone; what is shared is evicted by others meanwhile
const silentMs = 3000
// one that could not deliver leaves it to the others for a while
const resignedMs = 2000
const tickMs = 250

export interface MembershipOptions {
  /** Names this process. */
  readonly id: string
  /** Whether the cache is this process's own: then it is used by one instance at a time. */
  readonly exclusive: boolean
  /** Whether the cache answers this instance. */
  readonly reachable: () => boolean
  /** The epochs in which it reads the cache at this moment; none where nobody else uses it. */
  readonly epochs?: () => Epochs
  /** @param stillTrusted whether this is still so, cheap enough to be asked with every read */
  readonly onTrust: (stillTrusted: () => boolean) => Promise<void>
  /** @param reason null where this instance stops */
  readonly onDistrust: (reason: string | null) => Promise<void>
}

/**
 * One instance among those on a database: it keeps a row there that says whether it reads through a cache, and trusts the
 * cache accordingly. A write whose entries cannot be evicted may be answered once every living instance has recorded that
 * it bypasses the cache, so the order counts:
 *
 * - to trust, it first records that it does; from then on writers wait for its sake. Then it waits until every outbox row
 *   that can be seen has been delivered: those are what was written while nobody waited. Only then does it trust.
 * - to stop, it first stops trusting, and then records that.
 * - what it records says in which epochs it reads (`cache-server.ts`), and it begins to trust in none that is over: as long
 *   as its epoch is, no change counts as delivered that was evicted in a later one.
 *
 * An instance that has not been heard of for a while counts as gone, and nobody waits for it. So one that did not run for
 * that long stops trusting at its next read, before that read looks at the cache, and begins anew.
 */
export class Membership {
  readonly #options: MembershipOptions
  readonly #ticks: NodeJS.Timeout
  #mode: 'bypassing' | 'draining' | 'trusting' = 'bypassing'
  #tickedAt = performance.now()
  /** The same on the clock on the wall: the other one stands still while a machine sleeps. */
  #tickedOn = Date.now()
  #beatAt = -Infinity
  /** What the row says: the mode and the epochs. */
  #recorded: string | null = null
  #doubt: string | null = null
  #resignedUntil = -Infinity
  #undelivered: string | null = null

  constructor(options: MembershipOptions) {
    this.#options = options
    this.#ticks = setInterval(() => void this.#tick(), tickMs)
    this.#ticks.unref()
  }

  /** Whether others wait for this instance's sake: it is among those that may deliver. */
  get isMember(): boolean {
    return this.#mode !== 'bypassing'
  }

  /** Whether what it is about to trust has still to be delivered. */
  get isDraining(): boolean {
    return this.#mode === 'draining'
  }

  /** Takes the next step. To be called several times a second while the database answers. */
  async step(client: pg.Client): Promise<void> {
    if (this.isMember) await this.#leaveIfDoubtful()
    if (!this.isMember && this.#options.reachable() && performance.now() >= this.#resignedUntil) {
      this.#doubt = null
      await this.#beat(client, 'trusting')
      this.#undelivered = await lastChange(queryableOn(client))
      this.#mode = 'draining'
    }
    if (
      this.isDraining &&
      this.#isRecorded('trusting') &&
      (await this.#isDrained(client)) &&
      this.isDraining &&
      this.#isHeard &&
      this.#isSure()
    ) {
      this.#mode = 'trusting'
      await this.#options.onTrust(() => this.#isSure())
    }
    const mode = this.isMember ? 'trusting' : 'bypassing'
    if (!this.#isRecorded(mode) || performance.now() - this.#beatAt >= beatMs) await this.#beat(client, mode)
  }

  /** Lets others deliver, because this instance cannot. */
  async resign(reason: string): Promise<void> {
    this.#resignedUntil = performance.now() + resignedMs
    await this.distrust(reason)
  }

  async distrust(reason: string | null): Promise<void> {
    this.#mode = 'bypassing'
    await this.#options.onDistrust(reason)
  }

  /** Nobody needs to wait for this instance any more. */
  async leave(client: pg.Client): Promise<void> {
    await this.distrust(null)
    await client.query('DELETE FROM "instance" WHERE "id" = $1', [this.#options.id])
  }

  close(): void {
    clearInterval(this.#ticks)
  }

  #isSure(): boolean {
    const now = performance.now()
    if (Math.max(now - this.#tickedAt, Date.now() - this.#tickedOn) > frozenMs)
      this.#doubt = 'this process did not run for a while'
    else if (this.#options.exclusive && now - this.#beatAt > silentMs) this.#doubt = 'the database does not answer'
    // whoever did not wait for it may not have reached the cache either
    else if (!this.#isHeard && !this.#options.reachable()) this.#doubt = 'neither the database nor the cache answers'
    return this.#doubt === null
  }

  async #tick(): Promise<void> {
    const isSure = this.#isSure()
    this.#tickedAt = performance.now()
    this.#tickedOn = Date.now()
    // the cache that is shared is left in the next step, which tells the others; one's own can be left at once
    if (!isSure && this.#options.exclusive && this.isMember) await this.#leaveIfDoubtful()
  }

  async #leaveIfDoubtful(): Promise<void> {
    if (!this.#isHeard) this.#doubt ??= 'this instance was not heard of for a while'
    if (!this.#options.reachable()) this.#doubt ??= 'the cache does not answer'
    if (!this.#isSure()) await this.distrust(this.#doubt ?? '')
  }

  async #isDrained(client: pg.Client): Promise<boolean> {
    if (this.#undelivered !== null && (await isWaiting(queryableOn(client), upTo(this.#undelivered)))) return false
    const epoch = await client.query<{ over: boolean }>(`SELECT ${isOver('$1::jsonb')} AS over`, [this.#epochs()])
    if (epoch.rows[0]?.over !== false) return false
    return !this.#options.exclusive || !(await isTrustedElsewhere(client, this.#options.id))
  }

  /** Whether others cannot have counted it as gone yet. */
  get #isHeard(): boolean {
    return performance.now() - this.#beatAt <= livingMs
  }

  async #beat(client: pg.Client, mode: 'bypassing' | 'trusting'): Promise<void> {
    const begun = performance.now()
    const epochs = this.#epochs()
    await client.query(
      `INSERT INTO "instance" ("id", "mode", "seen_at", "epochs") VALUES ($1, $2, clock_timestamp(), $3)
       ON CONFLICT ("id") DO UPDATE
         SET "mode" = EXCLUDED."mode", "seen_at" = EXCLUDED."seen_at", "epochs" = EXCLUDED."epochs"`,
      [this.#options.id, mode, epochs],
    )
    await client.query(`DELETE FROM "instance" WHERE "seen_at" < clock_timestamp() - interval '1 minute'`)
    this.#beatAt = begun
    this.#recorded = `${mode} ${epochs}`
  }

  #isRecorded(mode: string): boolean {
    return this.#recorded === `${mode} ${this.#epochs()}`
  }

  #epochs(): string {
    return JSON.stringify(this.#options.epochs?.() ?? {})
  }
}

/** Whether another instance may still use a cache of its own: each gives it up before it counts as gone. */
async function isTrustedElsewhere(client: pg.Client, id: string): Promise<boolean> {
  const others = await client.query(`SELECT FROM "instance" WHERE ${isTrusting} AND "id" <> $1 LIMIT 1`, [id])
  return others.rowCount !== 0
}
