import { createCards } from './cards.js'
import { byId } from './dom.js'
import { createEvictions } from './evictions.js'
import { showHealth } from './health.js'
import { createInspector } from './inspector.js'
import { prepareSignIn, signedIn } from './session.js'
import { follow } from './stream.js'
import { showKinds, showOperations } from './tables.js'

let slots = []
const showCards = createCards(byId('charts'))
const inspector = createInspector()
const evictions = createEvictions((key) => inspector.openKey(key))

prepareSignIn()
follow({
  signedIn,
  onState(state) {
    slots = state.whole ? state.slots : merged(slots, state.slots, state.most)
    if (state.whole) evictions.clear()
    evictions.add(state.evictions)
    showHealth(state)
    showCards({ ...state, slots })
    showKinds(state)
    showOperations(state)
  },
})

/** Slots come again while instances add to them. */
function merged(known, fresh, most) {
  const first = fresh[0]?.at ?? Infinity
  return [...known.filter(({ at }) => at < first), ...fresh].slice(-most)
}
