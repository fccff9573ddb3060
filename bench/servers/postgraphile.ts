import './node22.ts'
import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { environment } from './environment.ts'

// no cache: the whole query becomes SQL. Two functions in the database say what its own conditions cannot; see
// postgraphile.sql

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: environment.databaseUrl, schemas: ['public'] })],
  grafserv: { port: environment.port, graphqlPath: '/graphql', graphiql: false, watch: false },
  grafast: { explain: false },
})
const server = createServer()
await instance.createServ(grafserv).addTo(server)
server.listen(environment.port, '127.0.0.1')
