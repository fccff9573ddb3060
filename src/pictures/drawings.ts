import type { Palette } from './palette.ts'

type Draw = (palette: Palette) => string

const path = (fill: string, d: string): string => `<path fill="${fill}" d="${d}"/>`
const line = (stroke: string, width: number, d: string): string =>
  `<path fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" d="${d}"/>`
const circle = (fill: string, x: number, y: number, r: number): string =>
  `<circle fill="${fill}" cx="${x}" cy="${y}" r="${r}"/>`
const box = (fill: string, x: number, y: number, width: number, height: number, radius = 0): string =>
  `<rect fill="${fill}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`

/** Things as they stand on a shelf at y = 320, around x = 200, in a field of 400 by 400. */
export const drawings = {
  top: ({ main, dark, light }) =>
    path(main, 'M150 130l-58 34 22 54 30-14v116h112V204l30 14 22-54-58-34q-50 34-100 0z') +
    path(dark, 'M150 130q50 34 100 0l-10-7q-40 22-80 0z') +
    box(light, 216, 192, 26, 30, 3) +
    line(dark, 3, 'M144 306h112'),
  trousers: ({ main, dark, light }) =>
    path(main, 'M146 116h108l16 204h-54l-16-134-16 134h-54z') +
    box(dark, 146, 116, 108, 16) +
    line(light, 3, 'M200 132v50M160 142q2 22-14 28M240 142q-2 22 14 28'),
  shoe: ({ main, dark, light, accent }) =>
    path(main, 'M108 298v-92h56q10 42 60 56 58 10 68 36z') +
    path(light, 'M108 298h184q8 22-12 22H116q-10 0-8-22z') +
    line(accent, 6, 'M168 232l22-16M184 246l22-18M202 256l20-18') +
    box(dark, 108, 206, 56, 12),
  bag: ({ main, dark, light, accent }) =>
    line(dark, 9, 'M158 186v-34q0-42 42-42t42 42v34') +
    path(main, 'M124 184h152l14 136H110z') +
    box(light, 154, 226, 92, 62, 8) +
    box(accent, 190, 218, 20, 24, 4),
  mug: ({ main, dark, light }) =>
    line(main, 16, 'M258 232h20q22 0 22 26t-34 28h-12') +
    path(main, 'M136 206h128v84q0 30-30 30h-68q-30 0-30-30z') +
    `<ellipse fill="${dark}" cx="200" cy="206" rx="64" ry="13"/>` +
    line(light, 7, 'M156 234v46') +
    line(light, 5, 'M182 178q-12-16 0-30M216 178q-12-16 0-30'),
  pan: ({ main, dark, light, accent }) =>
    box(accent, 276, 244, 96, 14, 7) +
    path(main, 'M104 238h184v32q0 50-50 50h-84q-50 0-50-50z') +
    `<ellipse fill="${dark}" cx="196" cy="238" rx="92" ry="18"/>` +
    `<ellipse fill="${light}" cx="196" cy="234" rx="80" ry="12" opacity=".5"/>` +
    circle(accent, 196, 214, 10),
  lamp: ({ main, dark, light, accent }) =>
    box(dark, 195, 190, 10, 122) +
    path(main, 'M162 100h76l36 96H126z') +
    path(light, 'M162 100h22l-18 96h-40z') +
    path(accent, 'M150 308q50-14 100 0v12H150z') +
    circle('#fff3c4', 200, 202, 13),
  chair: ({ main, dark, light, accent }) =>
    line(dark, 10, 'M146 234l-14 86M254 234l14 86M162 236l-4 84M238 236l4 84') +
    path(main, 'M142 104q58-20 116 0l-6 92H148z') +
    path(light, 'M160 120q40-12 80 0l-4 60h-72z') +
    box(accent, 130, 212, 140, 26, 13) +
    line(dark, 8, 'M156 196v18M244 196v18'),
  book: ({ main, dark, light, accent }) =>
    path(main, 'M136 128h120q12 0 12 12v168q0 12-12 12H136z') +
    box(dark, 126, 128, 20, 192, 6) +
    box(light, 166, 162, 80, 44, 4) +
    line(accent, 6, 'M176 240h60M176 258h40') +
    path('#fff', 'M146 308h112v6H146z'),
  audio: ({ main, dark, light, accent }) =>
    line(dark, 15, 'M128 246v-28q0-84 72-84t72 84v28') +
    box(main, 106, 230, 48, 90, 22) +
    box(main, 246, 230, 48, 90, 22) +
    box(light, 142, 240, 16, 70, 8) +
    box(light, 242, 240, 16, 70, 8) +
    circle(accent, 124, 276, 8),
  bottle: ({ main, dark, light, accent }) =>
    box(accent, 178, 92, 44, 32, 8) +
    path(main, 'M182 124h36v22q32 14 32 50v104q0 20-20 20h-60q-20 0-20-20V196q0-36 32-50z') +
    box(light, 150, 222, 100, 52) +
    line(dark, 5, 'M172 240h56M172 256h34'),
  ball: ({ main, dark, light, accent }) =>
    circle(main, 200, 238, 82) +
    path(accent, 'M200 156q64 26 64 82t-64 82q26-80 0-164z') +
    line(dark, 5, 'M118 238q82-40 164 0M200 156q-60 82 0 164') +
    `<ellipse fill="${light}" cx="168" cy="200" rx="18" ry="12" opacity=".7"/>`,
  tent: ({ main, dark, light, accent }) =>
    path(main, 'M200 132l126 188H74z') +
    path(light, 'M200 132l-126 188h74z') +
    path(dark, 'M200 196l44 124h-88z') +
    path(accent, 'M200 196l-8 124h-36z') +
    line(dark, 6, 'M200 132l8-14M200 132l-8-14'),
  plant: ({ main, dark, light, accent }) =>
    line(dark, 6, 'M200 240q-4-60-48-92M200 240q2-70 50-104M200 240v-120') +
    path(main, 'M152 148q-46-4-54 40 50 10 54-40zM250 136q10-44 58-38 0 48-58 38z') +
    path(light, 'M200 120q-30-34 0-62 30 28 0 62zM172 196q-44 2-52 34 44 10 52-34z') +
    path(main, 'M224 190q44-10 58 20-42 22-58-20z') +
    path(accent, 'M146 236h108l-12 84h-84z') +
    box(dark, 140, 232, 120, 16, 5),
  toy: ({ main, dark, light, accent }) =>
    box(main, 112, 248, 72, 72, 8) +
    box(accent, 192, 248, 72, 72, 8) +
    box(light, 152, 172, 72, 72, 8) +
    circle(dark, 148, 284, 16) +
    path('#fff', 'M228 264l20 40h-40z') +
    box(dark, 174, 194, 28, 28, 4),
} satisfies Record<string, Draw>
