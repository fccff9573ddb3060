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

const hosts = '[^@,/?#\\s:]+:\\d{1,5}(?:,[^@,/?#\\s:]+:\\d{1,5})*'
const login = '(?:[^@/?#\\s]*@)?'
const clusterForm = new RegExp(`^(rediss?)-cluster://(${login})(${hosts})/?$`)
const sentinelForm = new RegExp(`^(rediss?)-sentinel://(${login})(${hosts})/([^/\\s]+)$`)

/** Whether a text is a url that {@link redisAddress} can read. */
export function isRedisUrl(text: string): boolean {
  try {
    redisAddress(text)
    return true
  } catch {
    return false
  }
}

/**
 * Reads a url of one server, `redis-cluster://user:password@one:6379,two:6379` or `redis-sentinel://…:26379/name`.
 * @throws where it is none, since ioredis would find out only once it connects
 */
export function redisAddress(url: string): RedisAddress {
  const [, scheme, user = '', nodes] = clusterForm.exec(url) ?? []
  if (nodes !== undefined) {
    const urls = nodes.split(',').map((node) => `${scheme}://${user}${node}`)
    for (const each of urls) readServer(each)
    return { is: 'cluster', urls }
  }
  const [, sentinelScheme, sentinelUser = '', sentinels, name] = sentinelForm.exec(url) ?? []
  if (sentinels === undefined || name === undefined) {
    readServer(url)
    return { is: 'server', url }
  }
  const { username, password } = readServer(`redis://${sentinelUser}host`)
  return {
    is: 'sentinels',
    sentinels: sentinels.split(',').map((each) => {
      const { hostname, port } = readServer(`redis://${each}`)
      return { host: hostname, port: Number(port) }
    }),
    name,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    tls: sentinelScheme === 'rediss',
  }
}

/** @throws where it is no url of a Redis server, or names no database by its number */
function readServer(text: string): { hostname: string; port: string; username: string; password: string } {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(text)
  const database = pathname.slice(1) || (searchParams.get('db') ?? '')
  if (!/^rediss?:$/.test(protocol) || hostname === '' || !/^[0-9]{0,5}$/.test(database)) {
    throw new Error('expected redis://user:password@host:port/number')
  }
  return { hostname, port, username: decodeURIComponent(username), password: decodeURIComponent(password) }
}
