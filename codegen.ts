import type { CodegenConfig } from '@graphql-codegen/cli'

// Types the resolvers from the SDL that lies beside each noun. A mapper says what a resolver is handed as its parent.
const config: CodegenConfig = {
  schema: 'src/catalog/**/*.graphql',
  generates: {
    'src/generated/graphql.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        contextType: '../catalog/context.ts#CatalogContext',
        mappers: {
          Product: '../catalog/product/kinds.ts#ProductRow',
          ProductVariant: '../catalog/variant/kinds.ts#VariantRow',
          Category: '../catalog/category/kinds.ts#CategoryRow',
          Review: '../catalog/review/kinds.ts#ReviewRow',
          ReviewSummary: '../catalog/review/kinds.ts#RatingRow',
          Image: '../catalog/image.ts#ImageValue',
          ProductConnection: '../catalog/product/kinds.ts#ProductConnection as ProductConnectionSource',
          CategoryConnection: '../catalog/category/kinds.ts#CategoryConnection as CategoryConnectionSource',
          ProductVariantConnection:
            '../catalog/variant/kinds.ts#ProductVariantConnection as ProductVariantConnectionSource',
          ReviewConnection: '../catalog/review/kinds.ts#ReviewConnection as ReviewConnectionSource',
          ProductCreatePayload: '../catalog/mutation.ts#Changed',
          ProductUpdatePayload: '../catalog/mutation.ts#Changed',
          VariantCreatePayload: '../catalog/mutation.ts#Changed',
          VariantUpdatePayload: '../catalog/mutation.ts#Changed',
          InventoryAdjustPayload: '../catalog/mutation.ts#Changed',
          CategoryCreatePayload: '../catalog/mutation.ts#Changed',
          CategoryUpdatePayload: '../catalog/mutation.ts#Changed',
          ReviewCreatePayload: '../catalog/mutation.ts#Changed',
          ReviewUpdatePayload: '../catalog/mutation.ts#Changed',
        },
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          ID: { input: 'string', output: 'string' },
          DateTime: { input: 'Date', output: 'string' },
          Decimal: { input: 'string', output: 'string' },
          Currency: { input: 'string', output: 'string' },
        },
      },
    },
  },
}

export default config
