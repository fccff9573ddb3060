import type { Random } from './random.ts'
import type { Shelf } from './departments.ts'

const openings = [
  (thing: string, make: string) => `A ${thing} in ${make}, made to be used every day.`,
  (thing: string, make: string) => `Our take on the ${thing}: ${make}, few parts, nothing to go wrong.`,
  (thing: string, make: string) =>
    `The ${thing} we kept coming back to while testing others. ${capital(make)} throughout.`,
  (thing: string, make: string) => `Simple on purpose. This ${thing} is all about the ${make}.`,
]
const middles = [
  'It gets better with use and does not mind being repaired.',
  'Small workshops make it in batches, so no two are quite alike.',
  'Tested through a wet winter and a dry summer before we put it on the shelf.',
  'The proportions come from an old pattern that we left almost alone.',
  'It packs flat, weighs little and lasts long.',
]
const details = [
  'Made in small batches',
  'Spare parts for ten years',
  'Packed without plastic',
  'Two-year warranty',
  'Comes with care instructions',
  'Certified materials',
  'Ships within two days',
  'Designed in-house',
]

/** A description as sanitized HTML, and the same as plain text. */
export function describe(random: Random, noun: string, make: string): { html: string; text: string } {
  const paragraph = `${random.pick(openings)(noun.toLowerCase(), make.toLowerCase())} ${random.pick(middles)}`
  const points = random.some(details, random.int(2, 4))
  return {
    html: `<p>${paragraph}</p><ul>${points.map((point) => `<li>${point}</li>`).join('')}</ul>`,
    text: [paragraph, ...points.map((point) => `• ${point}`)].join('\n'),
  }
}

const authors = [
  'Ada',
  'Bruno',
  'Carla',
  'Dinh',
  'Elif',
  'Farid',
  'Greta',
  'Hana',
  'Ines',
  'Jonas',
  'Kofi',
  'Lena',
  'Milo',
  'Nadia',
  'Oskar',
  'Priya',
  'Quinn',
  'Rosa',
  'Sven',
  'Tomoko',
  'Uma',
  'Viktor',
  'Wanda',
  'Yusuf',
  'Zoe',
]

const titles: readonly (readonly string[])[] = [
  ['Sent it back', 'Not for me', 'Broke within weeks', 'Disappointed'],
  ['Could be better', 'Expected more', 'Nice idea, poor finish'],
  ['Does the job', 'All right for the price', 'Mixed feelings'],
  ['Very good', 'Happy with it', 'Better than my old one', 'Well made'],
  ['Love it', 'Would buy again', 'Exactly right', 'A small joy', 'Perfect gift'],
]
const impressions: readonly (readonly string[])[] = [
  [
    'The first one arrived damaged and the second was no better.',
    'It looked nothing like the pictures.',
    'After three weeks it came apart.',
  ],
  [
    'The finish is rough in places.',
    'It works, but it feels cheap for what it costs.',
    'Smaller than I thought, so check the measurements.',
  ],
  [
    'It is what it says, no more and no less.',
    'Good material, but the color is darker than shown.',
    'Took a while to arrive; fine since then.',
  ],
  [
    'Solid, and it looks good next to what we already have.',
    'The material feels as good as it looks.',
    'I use it almost every day.',
  ],
  [
    'I have given two of them away already and ordered a third.',
    'The best one I have owned, and I have owned a few.',
    'You can tell that somebody thought about every detail.',
  ],
]
const endings: readonly (readonly string[])[] = [
  ['I cannot recommend it.', 'Support was friendly, at least.', ''],
  ['Two stars for the looks.', 'I will keep it, but only just.', ''],
  ['You will not regret it, nor talk about it.', ''],
  ['Four stars because of the slow delivery.', 'Recommended.', ''],
  ['Five stars.', 'Worth every cent.', 'My neighbors want one now.', ''],
]

/** What somebody says who gave so many stars. */
export function review(random: Random, rating: number, shelf: Shelf): { title: string; body: string; author: string } {
  const tone = rating - 1
  const thing = random.pick(shelf.nouns).toLowerCase()
  const body = [
    random.pick(impressions[tone] ?? ['']),
    random.chance(0.4) ? `For a ${thing} that is what counts.` : '',
    random.pick(endings[tone] ?? ['']),
  ]
  return {
    title: random.pick(titles[tone] ?? ['']),
    body: body.filter((sentence) => sentence !== '').join(' '),
    author: `${random.pick(authors)} ${String.fromCharCode(65 + random.int(0, 25))}.`,
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
