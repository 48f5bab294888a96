/** SL-D211 to 218: a proposal that stands on chain, as providers read it. */
import { about, type Check, must, ok, type Seen, should } from './check.ts'

export const ON_CHAIN: readonly Check[] = [
  {
    code: 'SL-D211',
    title: 'The proposal is open',
    by: ['f05', 'Sealift'],
    source: 'contracts/client/DealRules.sol; src/deal/state.ts',
    why: 'The contract authenticates no deal of a proposal that is filled, lapsed or cancelled.',
    fix: 'Nothing needs to be done for one that is filled. Else propose again.',
    look: ({ chain, network }) =>
      chain &&
      {
        open: ok('open'),
        filled: ok('filled: every replica is published'),
        lapsed: must(false, 'lapsed: its start has passed', {
          next: `npx hardhat make-deal${network.option} --cid CID`,
        }),
        cancelled: must(false, 'cancelled by its owner', {
          next: `npx hardhat make-deal${network.option} --cid CID`,
        }),
      }[chain.state],
  },
  {
    code: 'SL-D212',
    title: 'getDealProposal gives the canonical CBOR of a proposal',
    by: ['Boost', 'f05'],
    source:
      'boost storagemarket/contract_deal_monitor.go:257-294; go-state-types builtin/v9/market',
    why: 'Providers read an array of exactly 11 fields with the shortest headers and minimal amounts, and drop anything else without a word.',
    fix: 'Use the client contract of Sealift, or repair the encoder of your own.',
    look: ({ chain }) => chain && about(chain.proposalBytes, wellFormed),
  },
  {
    code: 'SL-D213',
    title: 'getExtraParams gives the canonical CBOR of where the piece is',
    by: ['Boost'],
    source: 'boost storagemarket/types/contract_deal_proposal_types.go:5-10',
    why: 'Boost reads an array of exactly 4: URL, size, two booleans.',
    fix: 'Use the client contract of Sealift, or repair the encoder of your own.',
    look: ({ chain }) => chain && about(chain.extraBytes, wellFormed),
  },
  {
    code: 'SL-D214',
    title: 'The bytes say what the contract tells',
    by: ['Sealift', 'f05'],
    source: 'contracts/client/Mismatch.sol: every field but the provider must be equal',
    why: 'A provider publishes what the bytes say; if the contract expects something else, it refuses.',
    fix: 'Use the client contract of Sealift, or repair the encoder of your own.',
    look: ({ chain }) =>
      chain &&
      about(chain.differences, (fields) =>
        must(fields.length === 0, fields.length === 0 ? 'all fields agree' : fields.join(', ')),
      ),
  },
  {
    code: 'SL-D215',
    title: 'The client of the proposal is the contract, as f410',
    by: ['Boost', 'Curio'],
    source:
      'boost storagemarket/deal_execution.go:460-471; curio market/mk12/mk12_utils.go:193-242',
    why: 'Providers ask the client of the proposal for its agreement, and take only the f410 form for a contract.',
    fix: 'Use the client contract of Sealift, or repair the encoder of your own.',
    look: ({ chain }) =>
      chain &&
      about(chain.client, ({ stated, own }) => must(stated === own, stated, { expected: own })),
  },
  {
    code: 'SL-D216',
    title: 'The contract authenticates the deal',
    by: ['Boost', 'Curio', 'f05'],
    source: 'boost node/modules/storageminer.go:419-448; curio market/mk12/mk12_utils.go:236-241',
    why: 'The first question of every provider, and the market asks it again: AuthenticateMessage from f05. A contract that refuses ends it there.',
    fix: 'The reason is the words of the contract: correct what it names, and propose again.',
    look: ({ chain }) =>
      chain?.state === 'open'
        ? chain.auth.map(({ provider, verdict }) => ({
            ...(about(verdict, ({ ok: agrees, reason }) =>
              must(agrees, agrees ? 'it agrees' : reason),
            ) ?? ok('')),
            about: provider === undefined ? 'any provider' : `f0${provider}`,
          }))
        : undefined,
  },
  {
    code: 'SL-D217',
    title: 'The event was seen lately',
    by: ['Boost'],
    source: 'boost storagemarket/contract_deal_monitor.go:51-95',
    why: 'Boost hears events as they happen and looks at no older ones: a provider that was down has missed it.',
    fix: 'Announce the proposal again; that costs gas and nothing else.',
    look: ({ chain, network }) =>
      chain?.state === 'open'
        ? about(chain.announced, ({ epoch, looked }) =>
            should(
              epoch !== undefined,
              epoch === undefined
                ? `not in the last ${looked} epochs`
                : `announced at epoch ${epoch}`,
              { next: `npx hardhat reannounce ${chain.proposalId}${network.option}` },
            ),
          )
        : undefined,
  },
  {
    code: 'SL-D218',
    title: 'No other proposal has the very same fields',
    by: ['Boost'],
    source: 'boost storagemarket/provider_loop.go:315-348 (boost#1395)',
    why: 'A provider recognises a proposal by its fields and refuses one that it has accepted before, for ever, even when that came to nothing.',
    fix: 'Change the label or the epochs; leave --label out to get one that counts attempts.',
    look: ({ offer }) =>
      offer &&
      about(offer.twins, (twins) =>
        must(twins.length === 0, twins.length === 0 ? 'none' : twins.join(', ')),
      ),
  },
]

function wellFormed(fault: string): Seen {
  return must(fault === '', fault === '' ? 'they decode' : fault)
}
