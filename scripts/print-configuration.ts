import { readFile, writeFile } from 'node:fs/promises'
import { variables } from '../src/variables.ts'

// Writes what src/variables.ts says of every variable into docs/configuration.md and .env.example.
const described = Object.entries(variables)
const page = await readFile('docs/configuration.md', 'utf8')
const rows = described.map(
  ([name, { about, allowed, standard }]) => `| \`${name}\` | ${about} | ${allowed} | ${standard} |\n`,
)
await writeFile(
  'docs/configuration.md',
  page.replace(/(^\| `[A-Z_]+` \| [^|]+ \| [^|]+ \| [^|]+ \|\n)+/m, rows.join('')),
)
const examples = described.map(
  ([name, { about, allowed, standard }]) => `# ${about}\n# Allowed: ${allowed}. Default: ${standard}.\n# ${name}=\n`,
)
await writeFile(
  '.env.example',
  `# Copy to .env and set what you need; everything has a default that works.\n\n${examples.join('\n')}`,
)
