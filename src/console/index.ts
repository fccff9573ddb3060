export { startConsole, type Console, type SharedLog } from './console.ts'
export { createInspector, isWhat, type Found, type Inspector } from './inspector.ts'
export type { State } from './state.ts'
