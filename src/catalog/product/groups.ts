/**
 * The groups under which lists of products are cached. A list belongs to its **bases**, which say who may be in it (all
 * products, a category, a category's subtree, the search), and for each base to the **facets** it filters or sorts by. So
 * a new price evicts the lists that look at prices, and no other.
 */
export type Facet = 'title' | 'price' | 'stock' | 'rating' | 'brand'

export const allProducts = 'products'

/** Whatever the search finds. */
export const searchResults = 'products/search'

/** The products in a category itself. */
export const categoryProducts = (category: number): string => `category/${category}/products`

/** The products in a category and everything below it. */
export const subtreeProducts = (category: number): string => `category/${category}/subtree`

export const facetOf = (base: string, facet: Facet): string => `${base}/${facet}`
