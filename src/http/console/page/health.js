import { byId, element, say } from './dom.js'
import { countOf, durationOf, percentOf, timeOf } from './format.js'

/** The first thing to read at three in the morning: one sentence, and how each dependency is. */
export function showHealth(state) {
  const { level, text } = verdictOf(state)
  byId('verdict').dataset.level = level
  say(byId('verdict-text'), text)
  const items = [...state.dependencies.map(dependency), instances(state.instances)]
  byId('dependencies').replaceChildren(...items)
}

function verdictOf({ dependencies, minute }) {
  const broken = (name) => dependencies.find((each) => each.name === name && !each.ok)
  const since = ({ since: at }) => (at === null ? '' : ` since ${timeOf(at)}`)
  const database = broken('PostgreSQL')
  if (database !== undefined) {
    return { level: 'trouble', text: `PostgreSQL does not answer${since(database)}: only what is cached can be read.` }
  }
  const cache = broken('Cache')
  if (cache !== undefined) {
    return {
      level: 'trouble',
      text: `The cache is not in use${since(cache)}: reads go to the database, slower and still right.`,
    }
  }
  if (broken('Outbox') !== undefined) {
    return {
      level: 'trouble',
      text: 'Changes made outside wait to be delivered: what is cached may be older than they are.',
    }
  }
  if (minute.requests === 0) return { level: 'quiet', text: 'All is well, and nobody is asking.' }
  const { hits, reads } = minute
  if (reads === 0) return { level: 'quiet', text: 'All is well. No entry had to be read in the last minute.' }
  return {
    level: 'quiet',
    text: `All is well: ${percentOf(hits, reads)} % of the entries read in the last minute came from the cache.`,
  }
}

function dependency({ name, ok, reason, since, detail }) {
  const more = ok ? detail : `${reason ?? 'away'}${since === null ? '' : `, ${durationOf(Date.now() - since)}`}`
  return element('li', { 'data-ok': String(ok) }, name, ' ', element('span', {}, more))
}

function instances(all) {
  const names = all.map(({ name }) => name).join(', ')
  return element('li', { title: names }, `${countOf(all.length)} ${all.length === 1 ? 'instance' : 'instances'}`)
}
