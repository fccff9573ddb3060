import { defineConfig } from 'prisma/config'

// These commands never run the schema engine, yet the CLI would download it before each of them.
// Any existing file named here keeps it from trying, so that they work without a network.
if (['generate', 'validate', 'format'].some((command) => process.argv.includes(command))) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost:5432/larder' },
})
