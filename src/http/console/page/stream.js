import { byId, say } from './dom.js'
import { durationOf } from './format.js'

const retryMs = 2000
const silentMs = 10_000

/**
 * Keeps a stream of states open, comes back by itself, and says whether it stands.
 * @param signedIn is asked for a session before each new connection
 */
export function follow({ signedIn, onState }) {
  let lastWord = null
  let source = null

  async function open() {
    await signedIn()
    source = new EventSource('/console/events')
    source.addEventListener('state', (event) => {
      lastWord = Date.now()
      tell()
      onState(JSON.parse(event.data))
    })
    source.addEventListener('error', () => {
      // a browser comes back by itself from a broken connection, but not from a refusal
      const refused = source.readyState === EventSource.CLOSED
      tell()
      if (refused) setTimeout(open, retryMs)
    })
  }

  function tell() {
    const stands = source?.readyState === EventSource.OPEN && lastWord !== null && Date.now() - lastWord < silentMs
    const ago =
      lastWord === null ? '' : `, last word ${durationOf(Math.floor((Date.now() - lastWord) / 1000) * 1000)} ago`
    byId('live').dataset.state = stands ? 'live' : 'lost'
    byId('console').classList.toggle('stale', !stands)
    say(byId('live'), stands ? 'Live' : `Reconnecting${ago}`)
  }

  setInterval(() => {
    if (source !== null) tell()
  }, 1000)
  void open()
}
