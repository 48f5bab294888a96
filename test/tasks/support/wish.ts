/** What `make-deal` is asked for, when only some options are given. */
import type { MakeDealRequest } from '../../../src/flow/make-deal.ts'
import { type MakeDealArguments, readWish } from '../../../tasks/wish.ts'

const NOTHING: MakeDealArguments = {
  file: undefined,
  cid: undefined,
  wrap: false,
  followSymlinks: false,
  pieceSize: undefined,
  wait: false,
  timeout: undefined,
  replicas: '1',
  provider: undefined,
  duration: undefined,
  startIn: undefined,
  startEpoch: undefined,
  endEpoch: undefined,
  price: undefined,
  maxTotal: undefined,
  providerCollateral: undefined,
  clientCollateral: undefined,
  label: undefined,
  url: undefined,
  depot: undefined,
  contract: undefined,
  dryRun: false,
  skipDoctor: false,
  yes: false,
  json: true,
}

export const wish = (args: Partial<MakeDealArguments>): MakeDealRequest =>
  readWish({ ...NOTHING, ...args }, '/home/user')
