import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { createMetrics } from '../../src/observe/index.ts'

const root = new URL('../../', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8')

interface Rule {
  alert?: string
  record?: string
  expr: string
  labels?: { severity: string }
  annotations?: { summary: string; runbook_url: string }
}
interface Panel {
  id: number
  type: string
  gridPos: { x: number; y: number; w: number; h: number }
  datasource?: { uid: string }
  targets?: { expr: string }[]
}

const rules = (parse(text('observability/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
)
const dashboard = JSON.parse(text('observability/grafana/dashboards/larder.json')) as {
  panels: Panel[]
  templating: { list: { query: string }[] }
}

const expressions = [
  ...rules.map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.map(({ query }) => query),
]

/** Every series that /metrics offers. */
async function seriesNames(): Promise<Set<string>> {
  const metrics = [...(await createMetrics().text()).matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  return new Set(
    metrics.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}

it('every metric that a dashboard or an alert names is in /metrics', async () => {
  const offered = await seriesNames()
  const named = new Set(expressions.flatMap((expression) => expression.match(/\b(?:larder|process|nodejs)_\w+/g) ?? []))
  expect(named.size).toBeGreaterThan(30)
  expect([...named].filter((name) => !offered.has(name))).toEqual([])
})

it('every series that is recorded for others is recorded', () => {
  const recorded = rules.flatMap(({ record }) => record ?? [])
  const named = expressions.flatMap((expression) => expression.match(/\blarder:[\w:]+/g) ?? [])
  expect(named.length).toBeGreaterThan(0)
  expect(new Set(named)).toEqual(new Set(recorded))
})

it('every alert says how bad it is, and leads to a paragraph of the runbook; no paragraph is without its alert', () => {
  const alerts = rules.filter(({ alert }) => alert !== undefined)
  const paragraphs = [...text('docs/guides/runbook.md').matchAll(/^## (Larder\w+)\n\n(.+)$/gm)]
  expect(paragraphs.map(([, name]) => name).toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted())
  for (const { alert = '', labels, annotations } of alerts) {
    expect(['warning', 'critical']).toContain(labels?.severity)
    expect(annotations?.summary).toMatch(/\.$/)
    expect(annotations?.runbook_url).toBe(`docs/guides/runbook.md#${alert.toLowerCase()}`)
  }
})

it('the panels of the dashboard do not overlap, and read from the source that is provisioned', () => {
  const { datasources } = parse(text('observability/grafana/provisioning/datasources/prometheus.yml')) as {
    datasources: { uid: string }[]
  }
  const taken = new Set<string>()
  for (const { gridPos, datasource, type } of dashboard.panels) {
    if (type !== 'row') expect(datasource?.uid).toBe(datasources[0]?.uid)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(x).toBeLessThan(24)
        expect(taken).not.toContain(`${x},${y}`)
        taken.add(`${x},${y}`)
      }
    }
  }
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
})

it('what docker compose mounts for the profile is there, and Prometheus asks where the API answers', () => {
  const { services } = parse(text('docker-compose.yml')) as {
    services: Record<string, { profiles?: string[]; volumes?: string[]; environment?: Record<string, unknown> }>
  }
  const observing = Object.values(services).filter(({ profiles }) => profiles?.includes('observability'))
  expect(observing).toHaveLength(2)
  for (const { volumes = [] } of observing) {
    for (const volume of volumes) {
      const path = new URL((volume.split(':')[0] ?? '').replace(/^\.\//, ''), root)
      expect(() => (path.pathname.endsWith('.yml') ? readFileSync(path) : readdirSync(path))).not.toThrow()
    }
  }
  const { scrape_configs } = parse(text('observability/prometheus.yml')) as {
    scrape_configs: { dns_sd_configs: { names: string[]; port: number }[] }[]
  }
  const [asked] = scrape_configs.flatMap(({ dns_sd_configs }) => dns_sd_configs)
  expect(services[asked?.names[0] ?? '']?.environment?.['METRICS_PORT']).toBe(asked?.port)
})
