/** SL-D30n: when the deal starts and ends. */
import { MAX_DURATION, MIN_DURATION } from '../deal/rules.ts'
import { formatDuration } from '../deal/units.ts'
import { about, type Check, must, type Seen, should } from './check.ts'
import type { Facts, NetworkFacts, OfferFacts } from './facts.ts'
import { ofOffer } from './proposal.ts'

/** Epochs: Curio seals in 8 hours at most (curio tasks/storage-market/task_psd.go:139-193). */
const CURIO_SEAL = 960n
/** Epochs before the start by which Boost publishes (boost markets/storageadapter/dealpublisher.go). */
const BOOST_PUBLISH = 480n

export const EPOCHS: readonly Check[] = [
  {
    code: 'SL-D301',
    title: 'The end is after the start',
    by: ['f05', 'Boost', 'Curio'],
    source: 'builtin-actors actors/market/src/lib.rs:1616-1688',
    why: 'A deal without duration is none.',
    fix: 'Give a duration such as --duration 1y instead of an end epoch.',
    look: ofOffer(({ startEpoch, endEpoch }) =>
      must(endEpoch > startEpoch, `${startEpoch} to ${endEpoch}`),
    ),
  },
  {
    code: 'SL-D302',
    title: 'The start has not passed',
    by: ['f05', 'Boost', 'Curio'],
    source: 'boost storagemarket/deal_acceptance.go ("deal start epoch … has already elapsed")',
    why: 'A deal must be sealed by its start epoch. Epochs copied from an old tutorial lie years back.',
    fix: 'Leave --start-epoch out, or give --start-in 2d.',
    look: atHead(({ startEpoch }, head) =>
      must(startEpoch >= head, `starts at ${startEpoch}, ${distance(startEpoch - head)}`, {
        expected: `${head} or later`,
      }),
    ),
  },
  {
    code: 'SL-D303',
    title: 'Providers have time to seal before the start',
    by: ['Boost'],
    source: 'boost node/modules/dealfilter.go; ExpectedSealDuration, node/config/def.go:107',
    why: 'With usual settings Boost refuses a deal that starts less than a day from its head.',
    fix: 'Start later: --start-in 2d leaves a day for the provider to notice and to download.',
    look: atHead(({ startEpoch }, head, { startWindow: { minLead } }, isOnChain) => {
      const verdict = isOnChain ? should : must
      return verdict(startEpoch - head >= minLead, distance(startEpoch - head), {
        expected: `${distance(minLead)} or later: epoch ${head + minLead}`,
      })
    }),
  },
  {
    code: 'SL-D304',
    title: 'The start is not later than providers plan',
    by: ['Boost'],
    source: 'boost node/modules/dealfilter.go; MaxDealStartDelay, node/config/def.go:108',
    why: 'With usual settings Boost refuses a deal that starts more than 15 days from its head.',
    fix: 'Start earlier: --start-in 2d.',
    look: atHead(({ startEpoch }, head, { startWindow: { maxLead } }) =>
      must(startEpoch - head <= maxLead, distance(startEpoch - head), {
        expected: `${distance(maxLead)} or earlier: epoch ${head + maxLead}`,
      }),
    ),
  },
  {
    code: 'SL-D305',
    title: 'Curio has time to seal after publishing',
    by: ['Curio'],
    source: 'curio tasks/storage-market/task_psd.go:139-193',
    why: 'Curio publishes only what it can seal by the start: 8 hours by proof of replication.',
    fix: 'Propose again with a later start.',
    look: atHead(({ startEpoch }, head, { local }) =>
      local
        ? undefined
        : must(head + CURIO_SEAL <= startEpoch, distance(startEpoch - head), {
            expected: `${distance(CURIO_SEAL)} or later: epoch ${head + CURIO_SEAL}`,
          }),
    ),
  },
  {
    code: 'SL-D306',
    title: 'Boost has time to publish',
    by: ['Boost'],
    source: 'boost markets/storageadapter/dealpublisher.go',
    why: 'Boost does not publish a deal that starts within 4 hours.',
    fix: 'Propose again with a later start.',
    look: atHead(({ startEpoch }, head, { local }) =>
      local
        ? undefined
        : must(head + BOOST_PUBLISH <= startEpoch, distance(startEpoch - head), {
            expected: `${distance(BOOST_PUBLISH)} or later: epoch ${head + BOOST_PUBLISH}`,
          }),
    ),
  },
  {
    code: 'SL-D307',
    title: 'The duration is one that the market takes',
    by: ['f05', 'Boost', 'Curio'],
    source: 'builtin-actors actors/market/src/policy.rs:28-30',
    why: 'The market takes deals of 180 to 1278 days.',
    fix: 'Give a duration from 180d to 1278d, such as --duration 1y.',
    look: ofOffer(({ startEpoch, endEpoch }) => {
      const duration = endEpoch - startEpoch
      return must(
        duration >= MIN_DURATION && duration <= MAX_DURATION,
        `${duration} epochs (${formatDuration(duration)})`,
        {
          expected: `${MIN_DURATION} to ${MAX_DURATION} (${formatDuration(MIN_DURATION)} to ${formatDuration(MAX_DURATION)})`,
        },
      )
    }),
  },
  {
    code: 'SL-D308',
    title: 'The end is not further than providers look',
    by: ['Boost', 'Curio'],
    source: 'boost storagemarket/deal_acceptance.go',
    why: 'Boost and Curio count the longest duration from their head, not from the start.',
    fix: 'End earlier: the longest duration less the time until the start.',
    look: atHead(({ endEpoch }, head) =>
      must(endEpoch <= head + MAX_DURATION, `ends at ${endEpoch}, ${distance(endEpoch - head)}`, {
        expected: `epoch ${head + MAX_DURATION} or earlier`,
      }),
    ),
  },
]

/** What is said of a proposal that nobody may publish any more is said once, by its state. */
function atHead(
  look: (
    offer: OfferFacts,
    head: bigint,
    network: NetworkFacts,
    isOnChain: boolean,
  ) => Seen | undefined,
) {
  return ({ offer, node, network, chain }: Facts): Seen | undefined => {
    if (offer === undefined || (chain !== undefined && chain.state !== 'open')) return undefined
    const head = node?.head ?? { known: false, why: 'the head of the chain was not asked for' }
    return about(head, ({ epoch }) => look(offer, epoch, network, chain !== undefined))
  }
}

function distance(epochs: bigint): string {
  return epochs < 0n
    ? `${-epochs} epochs (${formatDuration(-epochs)}) ago`
    : `${epochs} epochs (${formatDuration(epochs)}) from now`
}
