/** What is built from cached entries and kept, as events name it: whole responses, and parts that many have in common. */
export const keptResponse = 'response'
export const keptPart = 'part'
export const keptKinds: readonly string[] = [keptResponse, keptPart]
