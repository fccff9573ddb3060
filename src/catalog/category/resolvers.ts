import type { CategoryResolvers, QueryResolvers } from '../../generated/graphql.ts'
import { badUserInput } from '../errors.ts'
import { globalId, parseGlobalId } from '../global-id.ts'
import { productConnection } from '../product/connection.ts'
import { canonicalSlug } from '../unique-text.ts'
import { categoryChildren, categoryConnection } from './connection.ts'
import { categoryAncestors, findCategoryBySlug } from './find.ts'

export const categoryQueries: Pick<QueryResolvers, 'category' | 'categories'> = {
  category(_root, { by }, context) {
    if (typeof by.id === 'string') {
      const { id } = parseGlobalId(by.id, 'by.id of category', ['Category'])
      return id === null ? null : context.reader.read(context.kinds.category, id)
    }
    if (typeof by.slug === 'string') {
      const slug = canonicalSlug(by.slug)
      return slug === null ? null : findCategoryBySlug(context, slug)
    }
    throw badUserInput('by of category takes exactly one of id and slug, but received none')
  },
  categories(_root, given, context) {
    const parent =
      typeof given.parent === 'string'
        ? (parseGlobalId(given.parent, 'parent of categories', ['Category']).id ?? 'unknown')
        : null
    return categoryConnection(context, parent, given)
  },
}

export const categoryResolvers: CategoryResolvers = {
  id: (category) => globalId('Category', category.id),
  parent: (category, _given, { reader, kinds }) =>
    category.parentId === null ? null : reader.read(kinds.category, category.parentId),
  ancestors: (category, _given, context) => categoryAncestors(context, category.id),
  children: (category, _given, context) => categoryChildren(context, category.id),
  products: (category, given, context) => productConnection(context, 'Category.products', given, category.id),
}
