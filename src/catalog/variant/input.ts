import { z } from 'zod'
import { filled, image, quantity, sku, text } from '../fields.ts'
import { orAbsent } from '../input.ts'
import { parsePrice } from '../money.ts'

const price = z
  .object({ amount: z.string(), currencyCode: z.string() })
  .transform(({ amount, currencyCode }, context) => {
    const parsed = parsePrice(amount, currencyCode)
    if ('minor' in parsed) return { minor: parsed.minor, currency: currencyCode }
    context.addIssue({ code: 'custom', path: ['amount'], message: parsed.error })
    return z.NEVER
  })

const selectedOptions = z
  .array(z.object({ name: filled(100), value: text(255) }))
  .max(100)
  .superRefine((options, context) => {
    for (const [i, { name }] of options.entries()) {
      if (options.findIndex((each) => each.name === name) === i) continue
      context.addIssue({ code: 'custom', path: [i, 'name'], message: `"${name}" is listed twice` })
    }
  })

export const variantCreateRules = {
  sku,
  title: orAbsent(text(255)),
  price,
  quantityAvailable: orAbsent(quantity),
  image: orAbsent(image),
  selectedOptions: orAbsent(selectedOptions),
}

export const variantUpdateRules = { sku, title: text(255), price, image: image.nullable(), selectedOptions }

/** The variants of a new product. */
export const newVariants = z
  .array(z.object(variantCreateRules))
  .max(2000)
  .superRefine((variants, context) => {
    const currency = variants[0]?.price.currency
    for (const [i, variant] of variants.entries()) {
      if (variant.price.currency === currency) continue
      const message = oneCurrency(currency ?? '', variant.price.currency)
      context.addIssue({ code: 'custom', path: [i, 'price', 'currencyCode'], message })
    }
  })

/** Why a price is refused whose currency is not that of the product's other variants. */
export function oneCurrency(here: string, received: string): string {
  return `all variants of a product have one currency, here ${here}, but received ${received}`
}
