declare module 'cluster-key-slot' {
  /** The slot, of 16384, in which a Redis Cluster keeps a key. */
  export default function keySlot(key: string): number
}
