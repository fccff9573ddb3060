import { readFile, writeFile } from 'node:fs/promises'
import { variables } from '../src/variables.ts'

// Writes what src/variables.ts says of every variable into docs/reference/configuration.md and .env.example.
const described = Object.entries(variables)
const page = await readFile('docs/reference/configuration.md', 'utf8')
const rows = described.map(
  ([name, { about, allowed, standard }]) => `| \`${name}\` | ${about} | ${allowed} | ${standard} |\n`,
)
await writeFile(
  'docs/reference/configuration.md',
  page.replace(/(^\| `[A-Z_]+` \| [^|]+ \| [^|]+ \| [^|]+ \|\n)+/m, rows.join('')),
)
const examples = described.map(
  ([name, { about, allowed, standard }]) => `# ${about}\n# Allowed: ${allowed}. Default: ${standard}.\n# ${name}=\n`,
)
await writeFile(
  '.env.example',
  `# Copy to .env and set what you need. Every variable has a default that works in development;\n# in production one is required: LARDER_AUTH_SECRET or LARDER_AUTH_JWKS_URL.\n\n${examples.join('\n')}`,
)
