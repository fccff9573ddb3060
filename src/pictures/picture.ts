/** stub */
export function picture(name: string): string | null {
  return name === '' ? '' : null
}
