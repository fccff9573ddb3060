/** The number in an id such as Product:42. */
export function numberOf(id: string): number {
  return Number(id.slice(id.indexOf(':') + 1))
}
