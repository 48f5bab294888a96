/**
 * What tests and people do to a Filecoin of their own. Plain functions over an EIP-1193 provider: a Hardhat connection's, or
 * one that speaks to a served localnet (`connectLocalnet`).
 */
export { ControlError, type ControlErrorCode } from './control-error.ts'
export * from './deals.ts'
export { checkLocalnet, type LocalnetDescription } from './describe.ts'
export { currentEpoch, mine, mineTo, nullRounds, setNextEpochTime } from './epochs.ts'
export { encodeProposal, type ProposalTerms, type Settlement } from './market-messages.ts'
export {
  ActorExit,
  callNative,
  type NativeMessage,
  nativeReturn,
  sendNative,
  type Wait,
} from './messages.ts'
export type { Provider } from './provider.ts'
export * from './publication.ts'
export { type DealFacts, readDeal } from './read-deal.ts'
export { connectLocalnet } from './remote.ts'
export * from './sectors.ts'
export { workerOf } from './workers.ts'
