import { Agent, request } from 'node:http'

/** What came back, as GraphQL has it. */
export interface GraphQLBody {
  /** Whether it was served whole, without being executed. */
  readonly served: boolean
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
  readonly extensions?: { readonly larder?: { readonly propagation?: string } }
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** One request over a connection that is kept. @throws where it was not answered in time, or not with JSON */
export function post(
  url: string,
  body: object,
  { token, timeoutMs }: { token: string | null; timeoutMs: number },
): Promise<GraphQLBody> {
  const payload = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/graphql`,
      {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(payload),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('error', reject)
        response.on('end', () => {
          clearTimeout(timer)
          try {
            const served = response.headers['x-cache'] === 'HIT'
            resolve({ ...(JSON.parse(text) as Omit<GraphQLBody, 'served'>), served })
          } catch {
            reject(new Error(`answered ${response.statusCode} with "${text.slice(0, 100)}"`))
          }
        })
      },
    )
    const timer = setTimeout(() => sent.destroy(new Error(`not answered within ${timeoutMs} ms`)), timeoutMs)
    sent.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    sent.end(payload)
  })
}
