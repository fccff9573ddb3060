import {
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import type { Batch, BatchObserver, WriteListener, WriteObserver } from '../catalog/index.ts'
import type { StatementEvent } from '../database/statements.ts'
import type { RequestEvent, RequestSpan } from '../observe/index.ts'

type Told = Parameters<WriteListener>[0]
type CommandEvent = Extract<Told, { readonly type: 'command' }>

/** The span of a request with one below it for each batch, write, round trip to the store and SQL statement. */
export class OtelRequestSpan implements RequestSpan {
  readonly traceparent: string
  readonly #tracer: Tracer
  readonly #span: Span
  readonly #below: Context
  #lastCommand: CommandEvent | undefined

  constructor(tracer: Tracer, parent: Context) {
    this.#tracer = tracer
    this.#span = tracer.startSpan('/graphql', { kind: SpanKind.SERVER }, parent)
    this.#below = trace.setSpan(parent, this.#span)
    const { traceId, spanId, traceFlags } = this.#span.spanContext()
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
  }

  batch({ level, kind, size, reread }: Batch): BatchObserver {
    if (!this.#span.isRecording()) return { tell: () => {} }
    const span = this.#start(`cache ${kind}`, { 'larder.level': level, 'larder.kind': kind, 'larder.keys': size })
    let hits = 0
    let misses = reread ? size : 0
    return {
      tell: (event) => {
        if (event.type === 'hit' || event.type === 'negative') hits += event.count
        else if (event.type === 'miss' || event.type === 'bypass') misses += event.count
        else if (event.type === 'error') span.recordException(event.error)
        else if (event.type === 'command') this.#command(event)
      },
      statement: (event) => this.#statement(span, event),
      done: () => span.setAttributes({ 'larder.hits': hits, 'larder.misses': misses }).end(),
    }
  }

  write(): WriteObserver {
    const span = this.#start('write', {})
    return {
      tell: (event) => {
        if (event.type === 'eviction') span.setAttribute('larder.evicted', event.keys)
        else if (event.type === 'write') span.setAttribute('larder.propagation', event.propagation)
        else if (event.type === 'error') span.recordException(event.error)
        else if (event.type === 'command') this.#command(event)
      },
      statement: (event) => this.#statement(span, event),
      done: () => span.end(),
    }
  }

  end(request: RequestEvent): void {
    const { operation, operationType, status, code, hits, misses, statements, requestId } = request
    this.#span.updateName(operationType === 'none' ? '/graphql' : `${operationType} ${operation}`)
    this.#span.setAttributes({
      'http.response.status_code': status,
      'graphql.operation.type': operationType,
      'graphql.operation.name': operation,
      'larder.request_id': requestId,
      'larder.hits': hits,
      'larder.misses': misses,
      'larder.statements': statements,
      ...(code === null ? {} : { 'error.type': code }),
    })
    if (status >= 500) this.#span.setStatus({ code: SpanStatusCode.ERROR })
    this.#span.end()
  }

  /** One round trip serves several batches, and each of them tells of it. */
  #command(event: CommandEvent): void {
    if (event === this.#lastCommand) return
    this.#lastCommand = event
    const { operation, keys, ms } = event
    const attributes = { 'db.operation.name': operation, 'larder.keys': keys }
    this.#past(this.#below, `store ${operation}`, attributes, ms).end()
  }

  #statement(parent: Span, { sql, ms, failed }: StatementEvent): void {
    const [operation = ''] = sql.trimStart().split(/\s/, 1)
    const attributes = { 'db.system.name': 'postgresql', 'db.query.text': sql, 'db.operation.name': operation }
    const span = this.#past(trace.setSpan(this.#below, parent), `sql ${operation}`, attributes, ms)
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }

  #start(name: string, attributes: Attributes): Span {
    return this.#tracer.startSpan(name, { attributes }, this.#below)
  }

  /** A span of what has just ended. */
  #past(parent: Context, name: string, attributes: Attributes, ms: number): Span {
    return this.#tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes, startTime: Date.now() - ms }, parent)
  }
}
