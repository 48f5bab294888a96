/**
 * The JSON documents that tasks print, version 1. Amounts in attoFIL are decimal strings; sizes and epochs are numbers.
 * Field names are an interface: scripts read them.
 */
export type * from './documents/document.ts'
export type * from './documents/pieces.ts'
export type * from './documents/deployed.ts'
export type * from './documents/deals.ts'
export type * from './documents/plan.ts'
export type * from './documents/providers.ts'
export type * from './documents/stores.ts'
export type * from './documents/receipts.ts'
export type * from './documents/diagnosis.ts'
