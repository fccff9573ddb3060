import { drawings } from './drawings.ts'
import { paletteOf } from './palette.ts'

const form = /^([a-z]+)-(\d{1,3})-(\d)\.svg$/

/**
 * The picture that a name means, `<drawing>-<hue>-<view>.svg`, as an SVG of about a kilobyte: a thing on a shelf, in
 * colors around the hue (0 to 359 degrees), seen in one of ten ways. Null for any other name.
 */
export function picture(name: string): string | null {
  const [, drawing = '', hue, view] = form.exec(name) ?? []
  const draw = Object.hasOwn(drawings, drawing) ? drawings[drawing as keyof typeof drawings] : undefined
  if (draw === undefined || hue === undefined || view === undefined || Number(hue) > 359) return null
  const palette = paletteOf(Number(hue))
  const number = Number(view)
  // views differ in what the eye notices first: distance, side, and the color of the wall
  const scale = [1, 1.35, 0.85, 1.15][number % 4] ?? 1
  const mirror = number % 2 === 0 ? 1 : -1
  const wall = number % 3 === 1 ? palette.deepWall : palette.wall
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="800" height="800">',
    `<rect width="400" height="400" fill="${wall}"/>`,
    `<circle cx="${number % 2 === 0 ? 130 : 270}" cy="150" r="120" fill="${palette.glow}" opacity=".55"/>`,
    `<rect y="318" width="400" height="82" fill="${palette.shelf}"/><rect y="318" width="400" height="7" fill="${palette.edge}"/>`,
    `<ellipse cx="200" cy="322" rx="${Math.round(92 * scale)}" ry="9" fill="${palette.edge}" opacity=".7"/>`,
    `<g transform="translate(200 320) scale(${scale * mirror} ${scale}) translate(-200 -320)">${draw(palette)}</g>`,
    '</svg>',
  ].join('')
}
