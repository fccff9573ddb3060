import { createServer, type IncomingMessage } from 'node:http'
import { environment } from '../environment.ts'
import { answers, type ReadAll } from './answers.ts'

/** A server without GraphQL or a framework: how it answers a body is all that it does. */
export function serve(answer: (body: string) => Promise<string | Buffer>): void {
  createServer((request, response) => {
    readBody(request)
      .then(answer)
      .then(
        (text) =>
          response
            .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
            .end(text),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
  }).listen(environment.port, '127.0.0.1')
}

/** Answers a request by hand from whatever is read. @throws for a query that is not a measured one */
export async function answerFrom(read: ReadAll, body: string): Promise<string> {
  const { operationName, variables } = JSON.parse(body) as { operationName: string; variables: never }
  const answer = answers[operationName]
  if (answer === undefined)
    throw new Error(`expected ${Object.keys(answers).join(' or ')}, but received ${operationName}`)
  return JSON.stringify({ data: await answer(read, variables) })
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => resolve(body))
    request.on('error', reject)
  })
}
