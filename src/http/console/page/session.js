import { byId, say } from './dom.js'

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

/** Settles once there is a session that may read: at once where no token is asked for. */
export async function signedIn() {
  const form = byId('sign-in').querySelector('form')
  for (;;) {
    const { ok, status, body } = await send('GET', '/console/session')
    if (ok) {
      byId('sign-in').hidden = true
      byId('console').hidden = false
      byId('sign-out').hidden = !body.signedIn
      return body
    }
    if (status !== 401 && status !== 403) {
      await new Promise((resolve) => setTimeout(resolve, 2000))
      continue
    }
    byId('sign-in').hidden = false
    byId('console').hidden = true
    say(byId('live'), 'Signed out')
    byId('token').focus()
    await new Promise((resolve) => form.addEventListener('submit', resolve, { once: true }))
  }
}

/** The token goes to the server once, which keeps it in a cookie that no script can read. */
export function prepareSignIn() {
  byId('sign-in')
    .querySelector('form')
    .addEventListener('submit', (event) => event.preventDefault())
  byId('sign-out').addEventListener('click', async () => {
    await send('DELETE', '/console/session')
    location.reload()
  })
}
