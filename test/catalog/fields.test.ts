import { expect, it } from 'vitest'
import { filled, image } from '../../src/catalog/fields.ts'

it.each(['https:x', 'http:/x', 'https:///x', 'https://\\x', 'https://?x', 'https://', 'ftp://x', '//x', 'x'])(
  '%s leads to no image',
  (url) => {
    const { error } = image.safeParse({ url })
    expect(error?.issues.map(({ message }) => message)).toEqual(['expected an http or https url'])
  },
)

it.each(['https://x', 'HTTP://shop.example:8080/a?b#c', 'http://[::1]/', 'https://b\u00fccher.example/x'])(
  '%s may lead to an image',
  (url) => {
    expect(image.safeParse({ url }).success).toBe(true)
  },
)

it.each(['\u200B', '\u2060 \u00AD', '\u3164', '\uFEFF'])('what consists of %j alone is not filled in', (text) => {
  expect(filled(10).safeParse(text).success).toBe(false)
})

it('what is not filled in has one fault', () => {
  for (const text of ['', '  ', '\u200B']) expect(filled(10).safeParse(text).error?.issues).toHaveLength(1)
  expect(filled(10).safeParse('\u{1F469}\u200D\u{1F52C}').success).toBe(true)
})
