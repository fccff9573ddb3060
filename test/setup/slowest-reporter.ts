import type { Reporter, TestModule } from 'vitest/node'

/** Prints where the time went, so that a suite that grows slow is noticed. */
export default class SlowestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const slowest = modules
      .map((module) => ({ name: module.relativeModuleId, ms: module.diagnostic().duration }))
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, 5)
    console.log('\n Slowest files')
    for (const { name, ms } of slowest) console.log(`   ${(ms / 1000).toFixed(1).padStart(5)} s  ${name}`)
  }
}
