/** What is usual at each wait with default settings, and where those stand. */

/** Epochs that Boost and Curio let pass before they build on a publication (boost node/modules/storageminer.go:452). */
export const CONFIDENCE_EPOCHS = 10n
/** Boost publishes nothing that starts sooner (boost markets/storageadapter/dealpublisher.go). */
export const BOOST_LAST_PUBLISH_EPOCHS = 480n

/** The kinds of provider that a proposal can wait for. */
export type Audience = 'any' | 'mk12' | 'local'

type Wait = 'notice' | 'reach' | 'begin' | 'fetch' | 'publish' | 'confidence' | 'seal'

const BOOST: Readonly<Record<Wait, string>> = {
  notice:
    'Boost reads an announcement within an epoch or two (30 s each), and only while it runs (boost storagemarket/contract_deal_monitor.go)',
  reach: 'Boost takes no pushed proposals of contracts',
  begin: 'Boost begins as soon as its queue lets it (boost storagemarket/provider_loop.go)',
  fetch:
    'Boost tries 15 times and gives a download 24 h (MaxTransferDuration, boost transport/httptransport)',
  publish:
    'Boost publishes 8 deals at a time, or after 1 h (PublishMsgPeriod, boost node/config/def.go)',
  confidence: 'Boost waits 10 epochs, 5 min (boost node/modules/storageminer.go:452)',
  seal: 'Boost plans 24 h (ExpectedSealDuration, boost node/config/def.go:107)',
}

const CURIO: Readonly<Record<Wait, string>> = {
  notice: 'Curio does not watch announcements: it must be pushed to (curio market/mk12)',
  reach: 'Curio answers a push at once (POST /market/mk12/store, curio market/mk12)',
  begin: 'Curio begins as soon as its pipeline has room (curio market/mk12/mk12.go)',
  fetch: 'Curio tries 15 times (curio lib/robusthttp)',
  publish:
    'Curio publishes 8 deals at a time, or after 5 min (curio tasks/storage-market/task_psd.go)',
  confidence: 'Curio waits for its message to be final enough (curio tasks/storage-market)',
  seal: 'Curio plans 8 h, or 2 h where it snaps into a sector (curio tasks/storage-market/task_psd.go)',
}

const LOCAL: Readonly<Record<Wait, string>> = {
  notice: 'pocket providers see an announcement within a second (src/provider)',
  reach: 'pocket providers answer a push at once (src/provider)',
  begin: 'pocket providers begin at once (src/provider)',
  fetch: 'pocket providers need seconds (src/provider)',
  publish: 'pocket providers publish within seconds, with --manual only when told (src/provider)',
  confidence: 'pocket providers go on at once (src/provider)',
  seal: 'pocket providers seal within seconds, with --manual only when told (src/provider)',
}

export function usual(wait: Wait, audience: Audience): string {
  if (audience === 'local') return LOCAL[wait]
  if (audience === 'mk12') return CURIO[wait]
  return `${BOOST[wait]}; ${CURIO[wait]}`
}
