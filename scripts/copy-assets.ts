import { cpSync, statSync } from 'node:fs'

// what the compiler leaves behind: SDL files, pages, styles
cpSync('src', 'dist', {
  recursive: true,
  filter: (source) => statSync(source).isDirectory() || !source.endsWith('.ts'),
})
