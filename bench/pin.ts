import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

type Role = 'server' | 'rest'

const cores: Readonly<Record<Role, string>> = { server: '0', rest: '1' }
const possible = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

/** Whether servers have a core of their own. */
export const pins = possible

/** A command that runs on the servers' core, or on the one that load, Redis and PostgreSQL share. */
export function pinned(role: Role, command: readonly string[]): readonly string[] {
  return possible ? ['taskset', '-c', cores[role], ...command] : command
}

/** Moves this process, and what it starts from now on, to the core that load, Redis and PostgreSQL share. */
export function pinSelf(): void {
  if (possible) spawnSync('taskset', ['-a', '-c', '-p', cores.rest, String(process.pid)])
}
