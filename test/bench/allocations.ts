import { Session } from 'node:inspector/promises'

interface SampledNode {
  readonly selfSize: number
  readonly children: readonly SampledNode[]
}

const sampling = {
  // so many bytes lie between two samples, on average
  samplingInterval: 8192,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
}

/** How many bytes the work allocates, as V8's sampling profiler sees it: what was collected meanwhile counts as well. */
export async function bytesAllocated(work: () => Promise<void>): Promise<number> {
  const session = new Session()
  session.connect()
  try {
    await session.post('HeapProfiler.startSampling', sampling)
    await work()
    const { profile } = await session.post('HeapProfiler.stopSampling')
    return sizeOf(profile.head)
  } finally {
    session.disconnect()
  }
}

function sizeOf({ selfSize, children }: SampledNode): number {
  return children.reduce((sum, child) => sum + sizeOf(child), selfSize)
}
