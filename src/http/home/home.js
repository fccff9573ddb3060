const examples = {
  'Product page': `{
  products(first: 1, sortKey: RATING) {
    nodes {
      title
      brand
      description
      featuredImage { url altText }
      priceRange { min { amount currencyCode } max { amount } }
      inStock
      categories { name }
      reviewSummary { count averageRating }
      variants(first: 3) {
        nodes { sku title price { amount } quantityAvailable }
      }
      reviews(first: 2) {
        nodes { rating title body author }
      }
    }
  }
}`,
  Categories: `{
  categories(first: 3) {
    nodes {
      name
      children { name }
      products(first: 4) {
        totalCount
        nodes {
          title
          inStock
          priceRange { min { amount currencyCode } }
          featuredImage { url altText }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`,
  Search: `{
  searchProducts(query: "linen sh", first: 8) {
    totalCount
    nodes {
      title
      slug
      categories { name }
      featuredImage { url altText }
    }
  }
}`,
}

const byId = (id) => document.getElementById(id)
const query = byId('query')
const buttons = Object.entries(examples).map(([name, text]) => {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = name
  button.addEventListener('click', () => choose(button, text))
  return button
})
document.querySelector('.examples').append(...buttons)
byId('run').addEventListener('click', () => void run())
query.addEventListener('input', () => press(null))
query.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run()
})
choose(buttons[0], examples['Product page'])

function choose(button, text) {
  query.value = text
  press(button)
  void run()
}

function press(pressed) {
  for (const button of buttons) button.setAttribute('aria-pressed', String(button === pressed))
}

async function run() {
  byId('run').disabled = true
  byId('status').textContent = '…'
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-larder-trace': '1' },
      body: JSON.stringify({ query: query.value }),
    })
    const { extensions, ...answer } = await response.json()
    show(answer, extensions?.larder)
    byId('status').textContent = answer.errors ? `${answer.errors.length} error(s)` : ''
  } catch (error) {
    byId('status').textContent = `The server did not answer: ${error.message}`
  } finally {
    byId('run').disabled = false
  }
}

function show(answer, larder) {
  const kinds = Object.values(larder?.kinds ?? {})
  const sum = (...names) => kinds.reduce((total, kind) => total + names.reduce((all, name) => all + kind[name], 0), 0)
  byId('hits').textContent = larder ? sum('hits', 'negative', 'joins', 'waits') : '–'
  byId('misses').textContent = larder ? sum('misses', 'bypasses') : '–'
  byId('sql').textContent = larder?.sqlStatements ?? '–'
  byId('commands').textContent = larder?.redisCommands ?? '–'
  byId('duration').textContent = larder?.durationMs.toFixed(1) ?? '–'
  byId('answer').replaceChildren(...colored(JSON.stringify(answer, null, 2)))
  byId('pictures').replaceChildren(...imagesIn(answer.data).slice(0, 12).map(thumbnail))
}

/** JSON with its keys, strings and other values marked, as nodes: nothing of an answer is ever read as HTML. */
function colored(json) {
  const parts = json.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\d[\d.e+-]*|true|false|null)/)
  return parts.map((part, i) => {
    if (i % 2 === 0) return document.createTextNode(part)
    const span = document.createElement('span')
    span.className = part.endsWith(':') ? 'key' : part.startsWith('"') ? 'string' : 'number'
    span.textContent = part
    return span
  })
}

/** Whatever in an answer has the url of one of this server's pictures. */
function imagesIn(value) {
  if (typeof value !== 'object' || value === null) return []
  const own = typeof value.url === 'string' && value.url.startsWith(`${location.origin}/pictures/`) ? [value] : []
  return [...own, ...Object.values(value).flatMap(imagesIn)]
}

function thumbnail({ url, altText }) {
  const image = document.createElement('img')
  image.src = url
  image.alt = altText ?? ''
  return image
}
