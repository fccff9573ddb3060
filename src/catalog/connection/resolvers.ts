import type { Connection } from './connection.ts'

/** The fields of every connection type. */
export const connectionResolvers = {
  nodes: <Row>(connection: Connection<Row>) => connection.nodes(),
  edges: <Row>(connection: Connection<Row>) => connection.edges(),
  pageInfo: (connection: Connection<unknown>) => connection.pageInfo(),
  totalCount: (connection: Connection<unknown>) => connection.totalCount(),
}
