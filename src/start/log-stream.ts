import { destination } from 'pino'
import type { Config } from '../config.ts'
import type { LogOptions } from '../http/log.ts'

type LogStream = NonNullable<LogOptions['stream']>

const gatherMs = 100
const gatheredLength = 8192
// how pino begins a line of level info
const routine = '{"level":30,'

/** Where the log goes: to the standard output, made readable in development if what does so is installed. */
export async function logStream({ NODE_ENV }: Config): Promise<LogStream> {
  const pretty = NODE_ENV === 'development' ? await import('pino-pretty').catch(() => null) : null
  return pretty?.default({ singleLine: true, ignore: 'pid,hostname,reqId', sync: true }) ?? gathered()
}

/**
 * Hands lines over several at a time, since each time costs as much as a tenth of a request: within 100 ms, and at once
 * where something is wrong.
 */
function gathered(): LogStream {
  const output = destination({ dest: 1, sync: true })
  // gathered here: a destination that gathers measures all that it has with each line
  let lines = ''
  function flush(): void {
    if (lines !== '') output.write(lines)
    lines = ''
  }
  setInterval(flush, gatherMs).unref()
  process.on('exit', () => {
    flush()
    output.flushSync()
  })
  return {
    write(line) {
      lines += line
      if (lines.length >= gatheredLength || !line.startsWith(routine)) flush()
    },
  }
}
