import pg from 'pg'

/** Creates a database on a server, as a copy of another one if so told, and returns its url. */
export async function createDatabase(server: string, name: string, template?: string): Promise<string> {
  await administer(server, `CREATE DATABASE "${name}"${template === undefined ? '' : ` TEMPLATE "${template}"`}`)
  return `${server}/${name}`
}

export async function dropDatabase(server: string, name: string): Promise<void> {
  await administer(server, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server}/postgres` })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
