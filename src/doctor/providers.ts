/** SL-D50n: the other side. */
import { about, type Check, must, type Seen, should } from './check.ts'
import type { Facts, ProviderFacts } from './facts.ts'

export const PROVIDERS: readonly Check[] = [
  {
    code: 'SL-D501',
    title: 'The provider is a miner',
    by: ['f05', 'Lotus'],
    source: 'builtin-actors actors/market/src/lib.rs:195-245',
    why: 'Only a miner publishes deals. A proposal that is limited to somebody else waits for ever.',
    fix: 'Look the id up on an explorer; a number may be that of an account.',
    look: ofEach(({ miner }) =>
      about(miner, (info) =>
        must(info !== undefined, info === undefined ? 'no such miner' : 'a miner'),
      ),
    ),
  },
  {
    code: 'SL-D502',
    title: "The piece fits the provider's sectors",
    by: ['Boost', 'Curio'],
    source: 'boost storagemarket/deal_acceptance.go',
    why: 'A miner has sectors of one size, 32 or 64 GiB.',
    fix: 'Prepare with a smaller --piece-size, or name another provider.',
    look: ofEach(({ miner }, { offer }) =>
      offer === undefined
        ? undefined
        : ofMiner(miner, ({ sectorSize }) =>
            sectorSize === undefined
              ? { verdict: 'unknown', seen: 'the node does not tell its sector size' }
              : must(offer.pieceSize <= sectorSize, `sectors of ${sectorSize} bytes`, {
                  expected: `${offer.pieceSize} or more`,
                }),
          ),
    ),
  },
  {
    code: 'SL-D503',
    title: 'The provider can be reached over HTTP',
    by: ['Curio'],
    source: 'curio market/mk12/http/http.go:52-58; multiaddrs of the miner on chain',
    why: 'Curio does not watch events: a proposal must be pushed to its HTTP address, which it announces on chain.',
    fix: 'Ask the provider whether it runs Boost with contract deals, which hears the event, or what its HTTP address is.',
    look: ofEach(({ miner }) =>
      ofMiner(miner, ({ urls }) =>
        should(
          urls.length > 0,
          urls.length > 0 ? urls.join(', ') : 'it announces no HTTP address',
          {
            expected: 'an HTTP multiaddr on chain',
          },
        ),
      ),
    ),
  },
  {
    code: 'SL-D504',
    title: 'Somebody will hear of the proposal',
    by: ['Boost', 'Curio'],
    source:
      'boost cmd/boostd/run.go:46-51 (deprecated); node/config/def.go:94-98 (contract deals off by default)',
    why: 'Without a named provider only the event tells of a proposal, and only Boost listens, where its operator turned that on.',
    fix: 'Name a provider that takes contract deals: --provider f01234.',
    look: ({ offer, network, providers }) => {
      if (offer === undefined || providers === undefined || network.local) return undefined
      const count = offer.providers.length
      return should(count > 0, count === 0 ? 'nobody is named' : `${count} are named`, {
        expected: 'one provider or more',
      })
    },
  },
]

function ofEach(look: (provider: ProviderFacts, facts: Facts) => Seen | undefined) {
  return (facts: Facts): readonly Seen[] | undefined => {
    const seen = (facts.providers ?? []).flatMap((provider) => {
      const one = look(provider, facts)
      return one === undefined ? [] : [{ ...one, about: `f0${provider.id}` }]
    })
    return seen.length === 0 ? undefined : seen
  }
}

/** What is no miner is told once. */
function ofMiner(
  miner: ProviderFacts['miner'],
  look: (info: { urls: readonly string[]; sectorSize: bigint | undefined }) => Seen | undefined,
): Seen | undefined {
  return about(miner, (info) => (info === undefined ? undefined : look(info)))
}
