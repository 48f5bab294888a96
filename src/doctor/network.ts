/** SL-D10n: the node, and what network it stands for. */
import { formatDuration } from '../deal/units.ts'
import { about, type Check, must, ok, type Seen, should } from './check.ts'
import type { Facts } from './facts.ts'

/** Seconds: 20 epochs without a block is no null round any more. */
const MAX_AGE = 600
/** Seconds by which clocks may differ. */
const MAX_AHEAD = 120
/** nv29, Solstice: the newest that the rules of this catalogue were read from. */
const NEWEST_NETWORK_VERSION = 29

export const NETWORK: readonly Check[] = [
  {
    code: 'SL-D100',
    title: 'The node answers',
    by: ['Sealift'],
    source: 'src/chain/node.ts',
    why: 'Without a node nothing can be looked up and nothing be sent.',
    fix: 'Check the network connection and the url of the network in hardhat.config.ts. A page instead of an answer means that the URL is not one of JSON-RPC.',
    look: ({ node, network }) =>
      node &&
      must(node.chainId.known, node.chainId.known ? 'an answer came' : node.chainId.why, {
        next: network.local ? 'npx hardhat localnet' : undefined,
      }),
  },
  {
    code: 'SL-D101',
    title: 'The node serves the chain of the network that is named',
    by: ['Sealift'],
    source: 'lotus build/buildconstants/params_{mainnet,calibnet}.go',
    why: 'A key and an address are valid on every chain: what is meant for a test network could be sent on the main one.',
    fix: 'Correct the url of the network in hardhat.config.ts, or name another network with --network.',
    look: ({ node, network }) =>
      node &&
      about(node.chainId, (id) =>
        must(id === network.chainId, `chain ${id}`, {
          expected: `chain ${network.chainId} (${network.name})`,
        }),
      ),
  },
  {
    code: 'SL-D102',
    title: "The node answers Filecoin's own methods",
    by: ['Lotus'],
    source: 'lotus documentation/en/api-v1-unstable-methods.md',
    why: 'Collateral bounds, providers and the answer of AuthenticateMessage are known only to nodes with Filecoin.State… methods; without them these checks stay unknown.',
    fix: 'Use the URL of a node that offers them, usually the one that ends in /rpc/v1.',
    look: ({ node }) =>
      node &&
      about(node.lotus, (answers) =>
        should(answers, answers ? 'they are answered' : 'only Ethereum methods are answered'),
      ),
  },
  {
    code: 'SL-D103',
    title: 'The head of the node is of now',
    by: ['Sealift', 'Boost', 'Curio'],
    source: 'boost storagemarket/deal_acceptance.go; an epoch lasts 30 s',
    why: 'Epochs are counted from the head. A node that lags, or a clock that is off, gives start epochs that providers refuse.',
    fix: 'Set the clock of this machine by NTP. If it is right, use another node: this one has lost the chain.',
    look: headIsOfNow,
  },
  {
    code: 'SL-D104',
    title: 'The network runs a version whose rules are known',
    by: ['Lotus', 'f05'],
    source: 'FIP-0118; lotus build/buildconstants/params_mainnet.go',
    why: 'An upgrade can change bounds and sizes. Since version 29 (FIP-0118) there are no deals with DataCap.',
    fix: 'Look for a newer release of Sealift; until then its bounds may be those of yesterday.',
    look: ({ node, network }) =>
      node === undefined || network.local
        ? undefined
        : about(node.networkVersion, (version) =>
            should(version <= NEWEST_NETWORK_VERSION, `network version ${version}`, {
              expected: `${NEWEST_NETWORK_VERSION} or older`,
            }),
          ),
  },
]

function headIsOfNow({ node, network }: Facts): Seen | undefined {
  // A local chain counts a time of its own: epochs pass on demand.
  if (node === undefined || network.local) return undefined
  return about(node.head, ({ epoch, time }) => {
    const age = node.now - time
    const span = formatDuration(BigInt(Math.ceil(Math.abs(age) / 30)))
    const seen = `epoch ${epoch}, ${span} ${age < 0 ? 'in the future' : 'old'}`
    if (age <= MAX_AGE && age >= -MAX_AHEAD) return ok(seen)
    return must(false, seen, {
      expected: `at most ${MAX_AGE / 60} min old, at most ${MAX_AHEAD / 60} min ahead`,
      ...(age < 0 ? { fix: 'Set the clock of this machine by NTP: it is behind the chain.' } : {}),
    })
  })
}
