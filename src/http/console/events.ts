import type { FastifyReply } from 'fastify'
import { PassThrough } from 'node:stream'
import type { Console } from '../../console/index.ts'

export interface Streams {
  /** Answers with the states of the console as server-sent events, for as long as whoever asked may see them. */
  open(reply: FastifyReply, mayStillWatch: () => Promise<boolean>): Promise<void>
  close(): void
}

const checkEveryMs = 60_000
/** How long a browser waits before it comes back. */
const retryMs = 1000
const mostStreams = 50
/** Who does not read for so long is behind for good, and does better to begin anew. */
const mostUnread = 4 * 1024 * 1024

export function consoleStreams(console: Pick<Console, 'watch'>): Streams {
  const streams = new Set<PassThrough>()
  return {
    async open(reply, mayStillWatch) {
      // the newest place is for whoever has just come
      if (streams.size >= mostStreams) streams.values().next().value?.end()
      const stream = new PassThrough({ highWaterMark: mostUnread })
      streams.add(stream)
      stream.write(`retry: ${retryMs}\n\n`)
      let checkedAt = performance.now()
      const end = console.watch((state) => {
        if (stream.writableLength > mostUnread) stream.destroy()
        else stream.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`)
        if (performance.now() - checkedAt < checkEveryMs) return
        checkedAt = performance.now()
        void mayStillWatch().then((may) => may || stream.end())
      })
      stream.on('close', () => {
        end()
        streams.delete(stream)
      })
      // a proxy that gathers what it passes on would keep the page waiting
      reply.header('x-accel-buffering', 'no').header('cache-control', 'no-store').type('text/event-stream')
      await reply.send(stream)
    },
    close() {
      for (const stream of streams) stream.end()
    },
  }
}
