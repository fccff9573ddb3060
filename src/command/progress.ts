import { Presets, SingleBar } from 'cli-progress'

export interface ProgressBar {
  update(done: number): void
  stop(): void
}

/** Shows how far a command is, on the standard error where that is a terminal. */
export function showProgress(unit: string, total: number): ProgressBar {
  const bar = new SingleBar(
    {
      format: `  {bar} {percentage}%  {value} of {total} ${unit}  {eta_formatted} left`,
      stream: process.stderr,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return { update: (done) => bar.update(done), stop: () => bar.stop() }
}
