import { defaultTextMapGetter, ROOT_CONTEXT } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Tracing } from '../observe/index.ts'
import { OtelRequestSpan } from './request-span.ts'

/** Traces that go where the variables of OpenTelemetry say, OTEL_EXPORTER_OTLP_ENDPOINT first of all. */
export function exportTraces(): Tracing {
  return traceTo(new BatchSpanProcessor(new OTLPTraceExporter()))
}

/** Traces that go to a processor of spans. A request joins the trace that its `traceparent` names. */
export function traceTo(processor: SpanProcessor): Tracing {
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'larder' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [processor],
  })
  const tracer = provider.getTracer('larder')
  const propagator = new W3CTraceContextPropagator()
  return {
    begin: (headers) => new OtelRequestSpan(tracer, propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)),
    // spans that nobody takes are lost at the end as they are before it: that is no reason for Larder not to stop
    stop: () => provider.shutdown().catch(() => {}),
  }
}
