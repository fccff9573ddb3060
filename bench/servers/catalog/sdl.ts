/** The part of Larder's schema that is measured. */
export const typeDefs = /* GraphQL */ `
  scalar DateTime
  interface Node {
    id: ID!
  }
  type Query {
    product(by: ProductBy!): Product
    category(by: CategoryBy!): Category
    nodes(ids: [ID!]!): [Node]!
  }
  input ProductBy {
    id: ID
  }
  input CategoryBy {
    id: ID
  }
  input ProductFilter {
    includeSubcategories: Boolean = true
  }
  type Product implements Node {
    id: ID!
    slug: String!
    title: String!
    description: String!
    brand: String
    status: String!
    categories: [Category!]!
    reviewSummary: ReviewSummary!
    reviews(first: Int): ReviewConnection!
  }
  type Category implements Node {
    id: ID!
    name: String!
    products(first: Int, filter: ProductFilter): ProductConnection!
  }
  type ProductConnection {
    nodes: [Product!]!
  }
  type Review implements Node {
    id: ID!
    rating: Int!
    title: String!
    body: String!
    author: String!
    createdAt: DateTime!
  }
  type ReviewConnection {
    nodes: [Review!]!
  }
  type ReviewSummary {
    count: Int!
    averageRating: Float
  }
  type Mutation {
    productUpdate(id: ID!, input: ProductUpdateInput!): ProductUpdatePayload!
  }
  input ProductUpdateInput {
    title: String
  }
  type ProductUpdatePayload {
    product: Product
  }
`
