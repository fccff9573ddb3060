/** Where Redis is: one server, the primary that sentinels name, or the nodes of a cluster. */
export type RedisAddress =
  | { readonly is: 'server'; readonly url: string }
  | { readonly is: 'cluster'; readonly urls: readonly string[] }
  | {
      readonly is: 'sentinels'
      readonly sentinels: readonly { readonly host: string; readonly port: number }[]
      /** What the sentinels call the primary. */
      readonly name: string
      readonly username?: string
      readonly password?: string
      readonly tls: boolean
    }

const hosts = '[^@,/\\s:]+:\\d{1,5}(?:,[^@,/\\s:]+:\\d{1,5})*'
const login = '(?:[^@/\\s]*@)?'
const clusterForm = new RegExp(`^(rediss?)-cluster://(${login})(${hosts})/?$`)
const sentinelForm = new RegExp(`^(rediss?)-sentinel://(${login})(${hosts})/([^/\\s]+)$`)

/** Whether a text names servers as `redis-cluster://…` or `redis-sentinel://…` does. */
export function isRedisGroup(text: string): boolean {
  return clusterForm.test(text) || sentinelForm.test(text)
}

/** Reads a url of one server, `redis-cluster://user:password@one:6379,two:6379` or `redis-sentinel://…:26379/name`. */
export function redisAddress(url: string): RedisAddress {
  const [, scheme, user = '', nodes] = clusterForm.exec(url) ?? []
  if (nodes !== undefined) return { is: 'cluster', urls: nodes.split(',').map((node) => `${scheme}://${user}${node}`) }
  const [, sentinelScheme, sentinelUser = '', sentinels, name] = sentinelForm.exec(url) ?? []
  if (sentinels === undefined || name === undefined) return { is: 'server', url }
  const { username, password } = new URL(`redis://${sentinelUser}host`)
  return {
    is: 'sentinels',
    sentinels: sentinels.split(',').map((each) => {
      const { hostname, port } = new URL(`redis://${each}`)
      return { host: hostname, port: Number(port) }
    }),
    name,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    tls: sentinelScheme === 'rediss',
  }
}
