import { filled, rating, text } from '../fields.ts'

export const reviewCreateRules = { rating, title: filled(255), body: text(10_000), author: filled(255) }
export const reviewUpdateRules = { rating, title: filled(255), body: text(10_000) }
