import { convert } from 'html-to-text'
import { Parser } from 'htmlparser2'
import sanitize from 'sanitize-html'

/** A description as it is stored and shown, and what had to be changed for that. */
export interface Description {
  /** HTML that any page can show as it is: no scripts, no styles, every tag closed. */
  readonly html: string
  /** The same as plain text, for search and for clients that show no HTML. */
  readonly text: string
  /** Names of elements that were closed where their closing tag was missing. */
  readonly unclosed: readonly string[]
  /** Names of elements that were taken out, because a description has no use for them or they lay too deep. */
  readonly removed: readonly string[]
}

const allowedTags =
  'p br hr ul ol li dl dt dd h2 h3 h4 h5 h6 blockquote pre code strong em b i u s small sub sup span div a table caption thead tbody tfoot tr th td'.split(
    ' ',
  )
/** How deep elements may lie in each other: to make plain text of them takes a call within a call for each level. */
const mostLevels = 100
const voidTags = new Set([
  'br',
  'hr',
  'img',
  'input',
  'meta',
  'link',
  'area',
  'base',
  'col',
  'embed',
  'source',
  'track',
  'wbr',
])

/** Makes HTML from anywhere safe to show, and its plain text. Applying it to its own answer changes nothing. */
export function sanitizeDescription(given: string): Description {
  const html = sanitize(given, {
    allowedTags,
    allowedAttributes: { a: ['href', 'rel'], th: ['colspan', 'rowspan', 'scope'], td: ['colspan', 'rowspan'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    nestingLimit: mostLevels,
    transformTags: { a: sanitize.simpleTransform('a', { rel: 'nofollow noopener' }) },
  }).trim()
  return { html, text: plainText(html), ...faultsOf(given) }
}

function plainText(html: string): string {
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'ul', options: { itemPrefix: '• ', leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      ...['h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
    ],
  }).trim()
}

function faultsOf(html: string): { unclosed: string[]; removed: string[] } {
  const unclosed = new Set<string>()
  const removed = new Set<string>()
  let level = 0
  const parser = new Parser({
    onopentagname: (name) => {
      level += 1
      if (level > mostLevels || !allowedTags.includes(name)) removed.add(name)
    },
    onclosetag: (name, implied) => {
      level -= 1
      if (implied && !voidTags.has(name)) unclosed.add(name)
    },
  })
  parser.end(html)
  return { unclosed: [...unclosed], removed: [...removed] }
}
