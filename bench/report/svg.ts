/** A drawing that reads on light and on dark pages alike. */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #3d444d }
  .head { font-weight: 600; font-size: 13px }
  .bar { fill: #9aa4b2 } .limit { fill: #c9d1d9 } .larder { fill: #2f7d5b }
  .line { fill: none; stroke: #9aa4b2; stroke-width: 2 } .line.limit { stroke: #c9d1d9 } .line.larder { stroke: #2f7d5b; stroke-width: 3 }
  .axis { stroke: #d0d7de; stroke-width: 1 }
  .end { text-anchor: end } .middle { text-anchor: middle }
  @media (prefers-color-scheme: dark) {
    text { fill: #c9d1d9 }
    .bar { fill: #6e7681 } .limit { fill: #484f58 } .larder { fill: #56c596 }
    .line { stroke: #6e7681 } .line.limit { stroke: #484f58 } .line.larder { stroke: #56c596 }
    .axis { stroke: #30363d }
  }
</style>
${parts.join('\n')}
</svg>
`
}

export function text(x: number, y: number, content: string, kind = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${kind === '' ? '' : ` class="${kind}"`}>${escaped(content)}</text>`
}

export function rule(x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="axis" x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}"/>`
}

/** How a server is shown: Larder stands out, and the limits stand back. */
export function classOf(server: string): string {
  if (server === 'larder') return 'larder'
  return server.startsWith('raw-') ? 'limit' : ''
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
