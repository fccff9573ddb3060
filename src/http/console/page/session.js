import { byId, say } from './dom.js'

const retryMs = 2000

/** Asks the server. The header makes a browser ask for leave before another site's page could send it. */
export async function send(method, path, body) {
  try {
    const response = await fetch(path, {
      method,
      headers: { 'x-larder-console': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = response.status === 204 ? {} : await response.json()
    return {
      ok: response.ok,
      status: response.status,
      body: response.ok ? answer : { message: answer.errors[0].message },
    }
  } catch {
    return { ok: false, status: 0, body: { message: 'The server did not answer.' } }
  }
}

/** Settles once there is a session that may watch: at once where no token is asked for. */
export async function signedIn() {
  let tried = false
  for (;;) {
    const { ok, status, body } = await send('GET', '/console/session')
    if (ok) {
      byId('sign-in').hidden = true
      byId('console').hidden = false
      byId('sign-out').hidden = !body.signedIn
      return
    }
    if (status === 401 || status === 403) {
      if (tried) say(byId('sign-in-said'), 'The browser did not keep the session: open this page over https.')
      await askForToken()
      tried = true
    } else await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

/** The token goes to the server once, which gives it to a cookie that no script can read. */
async function askForToken() {
  byId('sign-in').hidden = false
  byId('console').hidden = true
  byId('live').dataset.state = 'out'
  say(byId('live'), 'Signed out')
  byId('token').focus()
  for (;;) {
    await new Promise((resolve) => byId('sign-in').addEventListener('submit', resolve, { once: true }))
    const { ok, body } = await send('POST', '/console/session', { token: byId('token').value.trim() })
    say(byId('sign-in-said'), ok ? '' : body.message)
    if (!ok) continue
    byId('token').value = ''
    return
  }
}

export function prepareSignIn() {
  byId('sign-in').addEventListener('submit', (event) => event.preventDefault())
  byId('sign-out').addEventListener('click', () => {
    void send('DELETE', '/console/session').then(() => location.reload())
  })
}
