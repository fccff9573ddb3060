/** The categories right below one; null for the roots. */
export const childrenOf = (parent: number | null): string => `category/${parent ?? 'root'}/children`

/** Where every category lies in the tree. */
export const tree = 'category/tree'
