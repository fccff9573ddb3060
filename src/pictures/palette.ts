/** The colors of one picture, as CSS. */
export interface Palette {
  readonly main: string
  readonly dark: string
  readonly light: string
  readonly accent: string
  readonly wall: string
  readonly deepWall: string
  readonly glow: string
  readonly shelf: string
  readonly edge: string
}

/** Colors that go together, around one hue in degrees: the thing itself, a complement for its details, a quiet wall. */
export function paletteOf(hue: number): Palette {
  const across = (hue + 165) % 360
  const beside = (hue + 30) % 360
  return {
    main: `hsl(${hue} 46% 48%)`,
    dark: `hsl(${hue} 48% 33%)`,
    light: `hsl(${hue} 52% 66%)`,
    accent: `hsl(${across} 58% 56%)`,
    wall: `hsl(${beside} 32% 91%)`,
    deepWall: `hsl(${across} 24% 84%)`,
    glow: `hsl(${beside} 60% 97%)`,
    shelf: `hsl(${beside} 20% 80%)`,
    edge: `hsl(${beside} 18% 68%)`,
  }
}
