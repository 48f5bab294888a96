/** Document of deploy, and the three names of an address. */
import type { AddressDescription } from '../../chain/lotus.ts'
import type { Document } from './document.ts'

export type ClientDocument = AddressDescription

/** One contract of a deployment, in every spelling. */
export interface DeployedContract extends ClientDocument {
  readonly contract: string
  /** Hash; null where another tool or machine sent it. */
  readonly transaction: string | null
  /** The record. */
  readonly file: string
  /** Pages of an explorer; null where there is none. */
  readonly link: string | null
  readonly transactionLink: string | null
}

export interface Verification {
  readonly contract: string
  readonly address: string
  readonly explorer: 'blockscout' | 'sourcify'
  readonly verified: boolean
  /** Why not; null when it is. */
  readonly reason: string | null
}

export interface DeployedDocument extends Document<'deployed'> {
  readonly network: string
  readonly owner: string
  readonly client: ClientDocument
  readonly factory: ClientDocument
  /** These two: where one was asked for. */
  readonly hub?: ClientDocument
  readonly perpetual?: ClientDocument
  /** All of them, in the order in which they were made. */
  readonly contracts: readonly DeployedContract[]
  /** What this run did: contracts that were there already are not deployed again. */
  readonly deployed: readonly string[]
  /** Where the addresses were written. */
  readonly files: readonly string[]
  readonly links: readonly string[]
  /** Where it was asked for. */
  readonly verifications?: readonly Verification[]
}
